using System.Globalization;
using System.Text.Json;
using Flotilla.Detection.Scoring;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests.Scoring;

/// <summary>The part of the NAB corpus beside the checkout, read plainly.</summary>
internal sealed class NabFolder
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss";

    private static readonly Lazy<NabFolder?> Read = new(() =>
        Repository.SharedData("nab", "baseline_scores_dev.json") is null ? null : new NabFolder());

    private NabFolder()
    {
        var folder = Repository.SharedData("nab", "data")!;
        Labels = Labels.Read(Repository.SharedData("nab", "labels", "combined_windows.json")!);
        Series = [.. Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => new Series(Path.GetFileNameWithoutExtension(file), Path.GetRelativePath(folder, file), [.. Points(file)]))];
        Windows = [.. Series.Select(Labels.Resolve)];
        Baselines = JsonDocument.Parse(File.ReadAllText(Repository.SharedData("nab", "baseline_scores_dev.json")!)).RootElement;
    }

    public const string Absent = "The NAB corpus (nab) is not beside this checkout.";

    /// <summary>Null where it is absent.</summary>
    public static NabFolder? Here => Read.Value;

    public Labels Labels { get; }

    public IReadOnlyList<Series> Series { get; }

    public IReadOnlyList<IReadOnlyList<LabelWindow>> Windows { get; }

    public JsonElement Baselines { get; }

    private static IEnumerable<Point> Points(string file) =>
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(',')
        let at = DateTime.ParseExact(fields[0], TimeFormat, CultureInfo.InvariantCulture)
        select new Point(new DateTimeOffset(at, TimeSpan.Zero), double.Parse(fields[1], CultureInfo.InvariantCulture));
}
