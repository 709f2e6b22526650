using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Detection.Scoring;

namespace Flotilla.Cli.Bench;

/// <summary>The series of a folder, with their labels.</summary>
internal static class LabelledFolder
{
    /// <summary>The series of a folder. The labels may stand among them under any name.</summary>
    public static IReadOnlyList<SeriesFile> Find(string folder, SeriesOptions reading, string? labels) =>
        [.. SeriesFolder.Find(folder, reading).Where(file => labels is null || Path.GetFullPath(file.FullPath) != Path.GetFullPath(labels))];

    /// <summary>Those that can be read; what is wrong with the others is printed.</summary>
    public static (IReadOnlyList<LabelledSeries> Series, bool AllRead) Load(IReadOnlyList<SeriesFile> files, SeriesOptions reading, Labels labels, Terminal terminal)
    {
        List<LabelledSeries> read = [];
        foreach (var file in files)
        {
            try
            {
                var series = file.Load(reading);
                read.Add(new(series, labels.Resolve(series)));
            }
            catch (ProblemException e)
            {
                foreach (var problem in e.Problems) terminal.Problem(problem);
            }
        }
        return (read, read.Count == files.Count);
    }
}
