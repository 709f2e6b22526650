using System.Text.RegularExpressions;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Tools.Programs;

/// <summary>A tool that is a program: started with files, read by what it prints. An exit code alone is never taken for a failure.</summary>
internal abstract partial class ProgramTool : ITool, IInstalled
{
    // Well under the kernel's limit for one program's arguments and environment together (execve(2): 128 KiB a word, a quarter of the stack in all).
    private const int ArgumentBytesMax = 1_000_000;

    public abstract string Name { get; }

    public abstract string Description { get; }

    public virtual bool RunsByDefault => true;

    public abstract string Install { get; }

    public virtual ToolScope Scope => ToolScope.File;

    /// <summary>The names it is installed under, the usual one first.</summary>
    protected virtual IReadOnlyList<string> Programs => [Name];

    /// <summary>Programs whose change may be a change of version.</summary>
    public virtual IReadOnlyList<string> Candidates => Programs;

    protected virtual IReadOnlyList<string> VersionArguments => ["--version"];

    public abstract bool Takes(SourceFile file);

    public virtual IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) => [];

    /// <summary>The arguments before the files.</summary>
    protected abstract IReadOnlyList<string> Arguments(ToolRun run);

    /// <summary>Reads what it printed.</summary>
    /// <exception cref="FormatException">This is not what the tool prints.</exception>
    protected abstract IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths);

    /// <summary>Why the program did not do its work, in its own words; null when it did.</summary>
    protected virtual string? Failed(CommandResult result) => null;

    /// <summary>Whether it ended by an error of its own.</summary>
    protected virtual bool Crashed(CommandResult result) => result.Error.Contains("Traceback (most recent call last)", StringComparison.Ordinal);

    public virtual async Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken)
    {
        foreach (var program in Programs)
        {
            var result = await machine.RunAsync(new Command(program, VersionArguments) { Environment = PlainEnvironment }, cancellationToken);
            if (result.Succeeded && VersionNumber().Match(result.Output + result.Error) is { Success: true } version) return version.Value;
        }
        return null;
    }

    public async Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var paths = new ToolPaths(run.Tree);
        foreach (var files in Chunks(run.Files))
        {
            var result = await StartAsync(run, files, cancellationToken);
            if (Ended(result, run) is { } failure) return new ToolOutcome(findings, failure);
            try
            {
                findings.AddRange(Parse(result, paths));
            }
            catch (Exception garbage) when (garbage is FormatException or System.Text.Json.JsonException or InvalidOperationException or KeyNotFoundException or RegexMatchTimeoutException)
            {
                return new ToolOutcome(findings, new Problem($"{Name} printed what is not its format.", Why: FirstLines($"{garbage.Message} {result.Error}{result.Output}"), Fix: Suspect));
            }
            if (Failed(result) is { } why) return new ToolOutcome(findings, new Problem($"{Name} failed.", Why: FirstLines(why), Fix: Suspect));
        }
        return new ToolOutcome(findings);
    }

    protected static IReadOnlyDictionary<string, string> PlainEnvironment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["LC_ALL"] = "C.UTF-8",
        ["TERM"] = "dumb",
        ["NO_COLOR"] = "1",
        ["PYTHONIOENCODING"] = "utf-8",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    /// <summary>Starts the program for some files. Names that begin with a dash are given as paths.</summary>
    protected virtual async Task<CommandResult> StartAsync(ToolRun run, IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> arguments = [.. Arguments(run), .. files.Select(file => ToolPaths.Argument(file.Path))];
        var missing = new CommandResult(127, "", "");
        foreach (var program in Programs)
        {
            var result = await run.Machine.RunAsync(new Command(program, arguments, Timeout: run.Timeout, Environment: PlainEnvironment, WorkingDirectory: run.Tree.Root) { OutputMax = OutputMax }, cancellationToken);
            if (result.ExitCode != 127) return result;
            missing = result;
        }
        return missing;
    }

    protected const int OutputMax = 1 << 30;

    private string Suspect => $"Run \"flotilla inspect --without-tool {Name}\" to go on without it, or run {Name} by itself to see what ails it.";

    private Problem? Ended(CommandResult result, ToolRun run) => result.ExitCode switch
    {
        124 => new Problem($"{Name} was stopped.", Why: $"it ran longer than {run.Timeout.TotalSeconds:0.#} s.", Fix: "Give it more time with --timeout, or fewer files."),
        127 => new Problem($"{Name} cannot be started.", Why: FirstLines(result.Error), Fix: Install),
        > 128 and < 160 => new Problem($"{Name} died of signal {result.ExitCode - 128}.", Why: FirstLines(result.Error), Fix: Suspect),
        _ when Crashed(result) =>
            new Problem($"{Name} crashed.", Why: LastLine(result.Error), Fix: Suspect),
        _ => null,
    };

    private static IEnumerable<IReadOnlyList<SourceFile>> Chunks(IReadOnlyList<SourceFile> files)
    {
        var chunk = new List<SourceFile>();
        var size = 0;
        foreach (var file in files)
        {
            if (size > ArgumentBytesMax)
            {
                yield return chunk;
                chunk = [];
                size = 0;
            }
            chunk.Add(file);
            size += System.Text.Encoding.UTF8.GetByteCount(file.Path) + 9;
        }
        if (chunk.Count > 0) yield return chunk;
    }

    protected static string FirstLines(string text)
    {
        var lines = text.Trim().Split('\n');
        var shown = string.Join(" / ", lines.Take(3).Select(line => line.Trim()));
        return shown.Length == 0 ? "it said nothing." : shown.Length > 300 ? shown[..300] + "…" : shown;
    }

    private static string LastLine(string text) => FirstLines(text.Trim().Split('\n')[^1]);

    [GeneratedRegex(@"\d+(?:\.\d+)+", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex VersionNumber();
}
