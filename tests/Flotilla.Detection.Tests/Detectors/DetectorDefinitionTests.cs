namespace Flotilla.Detection.Tests;

public sealed class DetectorDefinitionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Mine")]
    [InlineData("my-detector")]
    [InlineData("3_sigma")]
    public void Names_outside_snake_case_are_refused(string name) =>
        Should.Throw<ArgumentException>(() => new DetectorDefinition(name, Create)).Message.ShouldContain("snake case");

    [Fact]
    public void Each_created_detector_starts_anew()
    {
        var definition = Detectors.StdDevFromMovingAverage(sigmas: 2);
        double[] values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 100];
        Points.Run(definition, values).ShouldBe(Points.Run(definition, values));
    }

    [Theory]
    [InlineData(double.NaN, false, 0)]
    [InlineData(-1, false, 0)]
    [InlineData(1, false, 1)]
    [InlineData(1.0000000000000002, true, 1.0000000000000002)]
    [InlineData(double.PositiveInfinity, true, double.MaxValue)]
    public void A_score_decides_its_verdict(double score, bool anomalous, double kept) =>
        Verdict.FromScore(score).ShouldBe(new Verdict(anomalous, kept));

    private static IDetector Create() => Detectors.Threshold(above: 1).Create();
}
