using System.Diagnostics;
using Flotilla.Benchmarks.Harness;
using Flotilla.Benchmarks.Whole;

namespace Flotilla.Benchmarks.Inspection;

/// <summary>A program that ran to its end.</summary>
/// <param name="Wall">Seconds from its start to its end.</param>
/// <param name="Cpu">CPU seconds of it and of all that it waited for.</param>
/// <param name="Output">What it printed on standard output.</param>
internal sealed record ProgramRun(double Wall, double Cpu, string Output)
{
    public static ProgramRun Nothing { get; } = new(0, 0, "");

    /// <summary>One after another.</summary>
    public static ProgramRun operator +(ProgramRun a, ProgramRun b) => new(a.Wall + b.Wall, a.Cpu + b.Cpu, a.Output + b.Output);

    /// <summary>Runs a program in a folder.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">What is different in its environment; null takes a variable out.</param>
    /// <param name="isDone">Which exit codes mean that it did its work: analysers tell findings by theirs.</param>
    /// <param name="program">What is run.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidOperationException">It ended otherwise.</exception>
    public static async Task<ProgramRun> RunAsync(string folder, IReadOnlyDictionary<string, string?> environment, Func<int, bool> isDone, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        CommandRun.Set(start, environment);
        var before = Processes.ChildrenCpuSeconds();
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var wall = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (!isDone(process.ExitCode))
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output[..Math.Min(output.Length, 2000)]}{await errors}");
        return new ProgramRun(wall, Processes.ChildrenCpuSeconds() - before, output);
    }
}
