using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core.Http.Real;
using Flotilla.Detection;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench grab URL</c>.</summary>
internal static class GrabCommand
{
    public static Command Create(Terminal terminal)
    {
        var url = new Argument<string>("URL") { Description = "Graphite's /render?target=…, or Prometheus' /api/v1/query_range?query=…&start=…&end=…&step=…" };
        var to = new Option<string>("--to") { Description = "The folder to store them in", HelpName = "DIR", DefaultValueFactory = _ => "series" };
        var timeout = BenchCommands.Seconds("--timeout", "How long the server may take", 30);
        var command = new Command("grab", "Store the series of a Graphite or Prometheus URL as files") { url, to, timeout };
        command.SetAction((parsed, token) => RunAsync(parsed.GetValue(url)!, parsed.GetValue(to)!, TimeSpan.FromSeconds(parsed.GetValue(timeout)), terminal, token));
        return command;
    }

    private static async Task<int> RunAsync(string text, string folder, TimeSpan timeout, Terminal terminal, CancellationToken cancellationToken)
    {
        var url = SeriesGrab.ParseUrl(text);
        using var http = new NetworkHttp();
        var series = await terminal.WorkingAsync($"asking {url.Authority}", () => SeriesGrab.GrabAsync(url, http, timeout, cancellationToken), TimeProvider.System);
        var files = SeriesGrab.Write(folder, series);
        if (terminal.Format == OutputFormat.Json)
        {
            terminal.Json(new([.. series.Zip(files, (each, file) => new GrabbedOutput(each.Name, file, each.Points.Count, each.Points.Count(point => double.IsNaN(point.Value))))]),
                BenchCliJson.Default.GrabOutput);
            return ExitCodes.Done;
        }
        foreach (var (each, file) in series.Zip(files)) terminal.Line($"+ {file}  {each.Points.Count} points", Tone.Good);
        terminal.Note($"Next: \"flotilla bench {folder}\".", Tone.Faint);
        return ExitCodes.Done;
    }
}
