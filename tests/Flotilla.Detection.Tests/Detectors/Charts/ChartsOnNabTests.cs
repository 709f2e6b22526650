using System.Globalization;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class ChartsOnNabTests
{
    public static IEnumerable<TheoryDataRow<int, string>> All() =>
        ChartDetectors.All.Select((definition, i) => new TheoryDataRow<int, string>(i, definition.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void On_the_development_files_nothing_fails_and_a_few_points_are_anomalous(int detector, string name)
    {
        if (Repository.SharedData("nab", "data") is not { } folder)
        {
            Assert.Skip("The development files of NAB (nab/data) are not beside this checkout.");
            return;
        }
        var files = Directory.GetFiles(folder, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        files.Length.ShouldBe(34);
        var anomalies = 0;
        foreach (var file in files)
        {
            var instance = ChartDetectors.All[detector].Create();
            foreach (var line in File.ReadLines(file).Skip(1))
            {
                var fields = line.Split(',');
                var at = DateTimeOffset.Parse(fields[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                var verdict = instance.Observe(new(at, double.Parse(fields[1], CultureInfo.InvariantCulture)));
                double.IsFinite(verdict.Score).ShouldBeTrue($"{name} on {file} at {fields[0]}");
                if (verdict.IsAnomaly) anomalies++;
            }
        }
        (anomalies / files.Length).ShouldBeInRange(2, 40, name);
    }
}
