namespace Flotilla.Detection.Tests;

public sealed class ChiSquareTests
{
    // Table 26.8 of Abramowitz and Stegun, Handbook of Mathematical Functions, to its digits.
    [Theory]
    [InlineData(0.05, 1, 3.84146)]
    [InlineData(0.01, 1, 6.63490)]
    [InlineData(0.01, 2, 9.21034)]
    [InlineData(0.01, 3, 11.3449)]
    [InlineData(0.01, 4, 13.2767)]
    [InlineData(0.05, 5, 11.0705)]
    [InlineData(0.01, 9, 21.6660)]
    [InlineData(0.001, 10, 29.5883)]
    [InlineData(0.5, 7, 6.34581)]
    [InlineData(0.01, 30, 50.8922)]
    [InlineData(0.995, 10, 2.15586)]
    public void Quantiles_are_those_of_the_tables(double tail, int degrees, double expected) =>
        ChiSquare.UpperQuantile(tail, degrees).ShouldBe(expected, 6e-6 * Math.Max(10, expected));

    [Fact]
    public void The_tail_at_a_quantile_is_what_was_asked()
    {
        foreach (var degrees in Enumerable.Range(1, 60))
            foreach (var tail in (double[])[0.5, 0.1, 0.01, 1e-6, 1e-9])
                ChiSquare.UpperTail(ChiSquare.UpperQuantile(tail, degrees), degrees).ShouldBe(tail, 1e-9 * tail + 1e-15);
    }
}
