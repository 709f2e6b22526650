using Flotilla.Core;

namespace Flotilla.Detection.Tests;

public sealed class DetectorCatalogTests
{
    [Fact]
    public void Every_detector_says_what_it_is() =>
        DetectorCatalog.All.Where(detector => detector.Facts is null).ShouldBeEmpty();

    [Fact]
    public void The_first_point_judged_is_the_one_that_the_facts_name()
    {
        // The warm-up of these two is a time.
        var detectors = DetectorCatalog.All.Where(detector => detector.Name is not ("first_hour_average" or "ks_test")).ToArray();
        var noises = Enumerable.Range(0, 20).Select(seed => new Random(seed)).Select(random => Enumerable.Range(0, 300).Select(_ => 100 * random.NextDouble()).ToArray()).ToArray();
        detectors.Select(detector => $"{detector.Name} {noises.Min(noise => FirstScore(detector, noise))}")
            .ShouldBe(detectors.Select(detector => $"{detector.Name} {detector.Facts!.FirstJudged}"));

        static int FirstScore(DetectorDefinition detector, double[] noise) =>
            Points.Run(detector, noise).Index().FirstOrDefault(each => each.Item.Score > 0, (noise.Length, default)).Index + 1;
    }

    [Fact]
    public void Names_and_groups_choose_detectors_each_once()
    {
        Names("crucible", "grubbs").ShouldBe(DetectorCatalog.Crucible.Select(detector => detector.Name));
        Names("grubbs", "recommended").ShouldBe(["grubbs", "novelty"]);
        Names("all").ShouldBe(DetectorCatalog.All.Select(detector => detector.Name));
        Names("all").ShouldContain("skyline");
    }

    [Fact]
    public void A_name_that_nothing_has_gets_a_suggestion() =>
        Should.Throw<ProblemException>(() => DetectorCatalog.Select(["grubs"])).Message
            .ShouldBe("There is no detector \"grubs\". Did you mean \"grubbs\"? Run \"flotilla bench detectors\" for the list.");

    private static IEnumerable<string> Names(params string[] names) => DetectorCatalog.Select(names).Select(detector => detector.Name);
}
