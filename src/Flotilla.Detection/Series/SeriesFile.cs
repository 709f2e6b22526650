using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>
/// A series that stands in a file. Its format is recognised by what is in the file, not by its ending: Crucible's JSON
/// <c>[[unix seconds, value], …]</c>, the JSON of Graphite's render API, the JSON of a Prometheus range query, or CSV, such as that of
/// the Numenta Anomaly Benchmark, with a column of times (unix seconds, or ISO 8601; UTC without a zone) and one of values.
/// </summary>
/// <param name="Name">The file's name without its ending; of one of several series in a file <c>FILE:TARGET</c>.</param>
/// <param name="Path">The file's path below the searched folder, with forward slashes; of one of several series <c>PATH:TARGET</c>.</param>
/// <param name="FullPath">Where the file is.</param>
public sealed record SeriesFile(string Name, string Path, string FullPath)
{
    /// <summary>Where the series stands in the file, if it is known.</summary>
    internal SeriesPart? Part { get; init; }

    /// <summary>
    /// The rows of the file in their order, read anew each time they are enumerated, while they are enumerated, so that the file
    /// may be larger than the memory. A missing value (null, NaN, none, n/a or nothing) is NaN; times are UTC.
    /// </summary>
    /// <exception cref="ProblemException">
    /// While enumerating: at the first row that is wrong, with its line; at the end when no row has a value. Wrong are infinite
    /// values, times in milliseconds, and times that do not increase unless <see cref="SeriesOptions.AllowDisorder"/> is set.
    /// </exception>
    public IEnumerable<Point> ReadPoints(SeriesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Read(options);
    }

    /// <summary>The whole series in memory: 24 bytes a row.</summary>
    /// <exception cref="ProblemException">As for <see cref="ReadPoints"/>.</exception>
    public Series Load(SeriesOptions options) => new(Name, Path, [.. ReadPoints(options)]);

    /// <summary>The series in a file that holds several, with what they are called; the file itself when it holds one, or is wrong.</summary>
    internal IReadOnlyList<SeriesFile> Split()
    {
        try
        {
            using var stream = Open();
            var parts = SeriesRows.Parts(stream, new SeriesPlace(FullPath));
            if (parts is not { Count: > 1 }) return [this];
            var names = new UniqueNames(StringComparer.Ordinal);
            return [.. parts.Select(part => (part, target: names.Take(part.Target)))
                .Select(each => new SeriesFile($"{Name}:{each.target}", $"{Path}:{each.target}", FullPath) { Part = each.part })];
        }
        catch (ProblemException)
        {
            // Reading says it again, where it does not keep the other files from being read.
            return [this];
        }
    }

    private IEnumerable<Point> Read(SeriesOptions options)
    {
        using var stream = Open();
        foreach (var point in SeriesRows.Read(stream, new SeriesPlace(FullPath), options, Part)) yield return point;
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(FullPath, new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SeriesPlace(FullPath).CannotRead(e);
        }
    }
}
