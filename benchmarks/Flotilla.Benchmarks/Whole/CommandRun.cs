using System.Diagnostics;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Whole;

/// <summary>A run of <c>./flotilla</c> to its end.</summary>
/// <param name="Wall">Seconds from its start to its end.</param>
/// <param name="Cpu">CPU seconds of it and of all that it waited for.</param>
/// <param name="FirstLine">Seconds until the first line on standard output; null when there was none.</param>
/// <param name="Output">What it printed on standard output.</param>
internal sealed record CommandRun(double Wall, double Cpu, double? FirstLine, string Output)
{
    /// <summary>Runs <c>./flotilla ARGUMENTS</c> of a checkout.</summary>
    /// <exception cref="InvalidOperationException">It did not end with exit code 0.</exception>
    public static async Task<CommandRun> RunAsync(string checkout, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(checkout, "flotilla"), arguments)
        {
            WorkingDirectory = checkout,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Set(start, environment);
        var before = Processes.ChildrenCpuSeconds();
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        double? firstLine = null;
        var output = new System.Text.StringBuilder();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            firstLine ??= Stopwatch.GetElapsedTime(begun).TotalSeconds;
            output.Append(line).Append('\n');
        }
        await process.WaitForExitAsync();
        var wall = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"./flotilla {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{await errors}");
        return new CommandRun(wall, Processes.ChildrenCpuSeconds() - before, firstLine, output.ToString());
    }

    /// <summary>Changes the environment of what is to be started; null takes a variable out.</summary>
    public static void Set(ProcessStartInfo start, IReadOnlyDictionary<string, string?> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
    }
}
