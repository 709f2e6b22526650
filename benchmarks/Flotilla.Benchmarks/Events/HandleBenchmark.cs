using System.Diagnostics;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Events;

/// <summary>
/// A process for each event, as Serf starts its <c>-event-handler</c>: a shell, the script that hands the event to the fleet that is up, and the
/// fleet's own program beside one that only says hello.
/// </summary>
internal sealed class HandleBenchmark : Benchmark
{
    private const int Calls = 100;
    private const int Starts = 20;

    private static readonly Dictionary<string, string> Call = new()
    {
        ["SERF_EVENT"] = "query", ["SERF_QUERY_NAME"] = "load", ["SERF_SELF_NAME"] = "h1", ["SERF_TAG_ROLE"] = "a",
    };

    private static int _time;

    public override string Name => "handle";

    public override string What => "From the start of an -event-handler on a query to its end, with the answer printed.";

    public override async Task RunAsync(Report report, int runs)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("fleet.cs"), $$"""
            #:project {{Path.Combine(Repository.Root, "src/Flotilla/Flotilla.csproj")}}
            #:property PublishAot=false
            using Flotilla;
            var fleet = new Fleet("handle").Host("h1", ["a"]);
            fleet.Role("a", a => a.Answer("load", (query, host) => Task.FromResult("0.1")));
            return await fleet.RunAsync(args);
            """);
        await File.WriteAllTextAsync(folder.File("hello.cs"), "System.Console.WriteLine(\"hello\");");
        var flotilla = FlotillaProgram.Script;
        await OutputAsync("dotnet", ["publish", folder.File("hello.cs"), "-c", "Release", "-o", folder.File("hello"), "-p:PublishAot=false", "-nologo", "-v", "quiet"]);
        await OutputAsync("dotnet", ["publish", folder.File("fleet.cs"), "-c", "Release", "-o", folder.File("program"), "-p:PublishAot=false", "-nologo", "-v", "quiet"]);
        await File.WriteAllTextAsync(folder.File("forward"), await OutputAsync(flotilla, ["handle", "--print-script", folder.File("fleet.cs")]));
        File.SetUnixFileMode(folder.File("forward"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var shell = new List<double>();
        var forward = new List<double>();
        var hello = new List<double>();
        var direct = new List<double>();
        using var up = Process.Start(new ProcessStartInfo(flotilla, ["up", folder.File("fleet.cs")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            while (await up.StandardError.ReadLineAsync() is { } line && !line.Contains("Ctrl-C", StringComparison.Ordinal)) { }
            var begin = Stopwatch.GetTimestamp();
            while (!(await OutputAsync(flotilla, ["members", folder.File("fleet.cs")])).Contains("alive", StringComparison.Ordinal))
                if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(30)) throw new TimeoutException("The fleet does not come up.");
            for (var run = 0; run < runs; run++)
            {
                shell.Add(await MedianAsync(Calls, "/bin/sh", ["-c", "cat >/dev/null; echo 0.1"], "0.1\n"));
                forward.Add(await MedianAsync(Calls, "/bin/sh", ["-c", folder.File("forward")], "0.1"));
            }
        }
        finally
        {
            up.Kill(entireProcessTree: true);
            await up.WaitForExitAsync();
        }
        for (var run = 0; run < runs; run++)
        {
            hello.Add(await MedianAsync(Starts, "dotnet", [folder.File("hello/hello.dll")], "hello\n"));
            direct.Add(await MedianAsync(Starts, "dotnet", [folder.File("program/fleet.dll")], "0.1"));
        }
        report.Tell("/bin/sh, p50", shell, "ms");
        report.AtMost("the script of handle --print-script, with the fleet up / sh", [.. forward.Zip(shell, (one, other) => one / other)], "×", 3);
        report.Tell("the same, p50", forward, "ms");
        report.Tell("dotnet hello, p50", hello, "ms");
        report.AtMost("the fleet's program without a fleet that is up / dotnet hello", [.. direct.Zip(hello, (one, other) => one / other)], "×", 1.5);
        report.Tell("the same, p50", direct, "ms");
    }

    private static async Task<double> MedianAsync(int calls, string program, string[] arguments, string prints)
    {
        var times = new List<double>();
        for (var i = -3; i < calls; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var output = await OutputAsync(program, arguments);
            if (output != prints) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} printed \"{output}\".");
            if (i >= 0) times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        return Samples.Percentile([.. times.Order()], 50);
    }

    private static async Task<string> OutputAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Call) start.Environment[name] = value;
        // A query that was heard before is not answered again.
        start.Environment["SERF_QUERY_LTIME"] = $"{++_time}";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
    }
}
