using Flotilla.Console;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Cli.Bench;

/// <summary>Results of other detectors that are stored as NAB stores them, scored beside those of a run.</summary>
internal static class StoredScores
{
    public static IReadOnlyList<CorpusResult> Of(string folder, BenchRequest request)
    {
        // What is wrong with a series was said by the run.
        var silent = new Terminal(TextWriter.Null, TextWriter.Null);
        var (series, _) = LabelledFolder.Load(request.Files, request.Reading, request.Labels!, silent);
        return [.. StoredResults.Read(folder).Select(detector => StoredResults.Score(detector, series))];
    }
}
