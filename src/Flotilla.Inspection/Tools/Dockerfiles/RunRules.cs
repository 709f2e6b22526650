using System.Globalization;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>Rules about what RUN runs, packages aside.</summary>
internal static class RunRules
{
    private static readonly string[] Pointless = ["free", "ifconfig", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];

    public static IReadOnlyList<DockerRule> All { get; } =
    [
        DockerRule.OnCommand("DL3001", Severity.Note, (_, command) => Pointless.Contains(command.Program, StringComparer.Ordinal) ? $"\"{command.Program}\" does nothing of use while an image is built." : null),
        DockerRule.OnCommand("DL3003", Severity.Warning, (_, command) => command.Program == "cd" ? "\"cd\" holds for this RUN only: use WORKDIR to change the folder." : null),
        DockerRule.OnCommand("DL3004", Severity.Error, (_, command) => command.Program == "sudo" ? "\"sudo\" behaves unlike in a terminal here: change the USER for what needs root." : null),
        DockerRule.OnCommand("DL3046", Severity.Warning, (_, command) => command.Program == "useradd" && !command.Has("-l", "--no-log-init") && UserNumber(command) is { Length: > 5 } number
            ? $"Without --no-log-init, the number {number} makes /var/log/lastlog and faillog huge." : null),
        DockerRule.OnCommand("DL3047", Severity.Note, (_, command) => command.Program == "wget" && command.Arguments.Length > 0 && !command.Has("--progress", "-q", "--quiet", "-o", "--output-file", "-a", "--append-output", "--no-verbose", "--version") && !command.Arguments.Contains("-nv", StringComparer.Ordinal)
            ? "Without --progress=dot:giga or --quiet, wget fills the log of the build." : null),
        DockerRule.OnStage("DL3059", Severity.Note, (_, stage) => stage.Instructions.Zip(stage.Instructions.Skip(1)).Where(pair => IsSmall(pair.First) && IsSmall(pair.Second) && pair.First.Flags.SequenceEqual(pair.Second.Flags))
            .Select(pair => (pair.Second, "The RUN before it could do this too: each makes a layer."))),
        DockerRule.OnStage("DL4001", Severity.Warning, (_, stage) => First(stage, "wget") is { } wget && First(stage, "curl") is { } curl
            ? [(wget.Line > curl.Line ? wget : curl, "The stage fetches with both wget and curl: one of them is enough.")] : []),
        DockerRule.OnCommand("DL4005", Severity.Warning, (_, command) => command.Program == "ln" && command.Arguments.LastOrDefault() == "/bin/sh" ? "The shell is changed behind RUN's back: use SHELL." : null),
        DockerRule.OnStage("DL4006", Severity.Warning, PipesUnseen),
    ];

    private static string? UserNumber(ShellCommand command)
    {
        for (var i = 0; i < command.Arguments.Length; i++)
        {
            var argument = command.Arguments[i];
            var value = argument is "-u" or "--uid" ? command.Arguments.ElementAtOrDefault(i + 1) : argument.StartsWith("--uid=", StringComparison.Ordinal) ? argument[6..] : null;
            if (value is not null && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return value;
        }
        return null;
    }

    private static bool IsSmall(DockerInstruction instruction) => instruction is { Keyword: "RUN", Heredocs.Count: 0 } && instruction.Commands.Count <= 2;

    // A download, not the installation of the program.
    private static DockerInstruction? First(DockerStage stage, string program) => stage.Of("RUN").FirstOrDefault(run => run.Commands.Any(command => command.Program == program));

    private static IEnumerable<(DockerInstruction, string)> PipesUnseen(Dockerfile file, DockerStage stage)
    {
        var guarded = Inherited(file, stage);
        foreach (var instruction in stage.Instructions)
            if (instruction.Keyword == "SHELL") guarded = Guards(instruction);
            else if (instruction is { Keyword: "RUN", Json: null } && !guarded && instruction.Commands.Any(command => command.Piped) && !instruction.Commands.Any(command => command.Program == "set" && command.Arguments.Contains("pipefail", StringComparer.Ordinal)))
                yield return (instruction, "When a command before the last of a pipe fails, the build goes on: write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before it.");
    }

    private static bool Inherited(Dockerfile file, DockerStage stage) => file.ParentOf(stage) is { } parent && (parent.Of("SHELL").LastOrDefault() is { } shell ? Guards(shell) : Inherited(file, parent));

    // Shells of Windows have no such option.
    private static bool Guards(DockerInstruction shell) => shell.Words.Any(word => word.Contains("pipefail", StringComparison.Ordinal)) || shell.Words is [var program, ..]
        && (program.Contains("pwsh", StringComparison.OrdinalIgnoreCase) || program.Contains("powershell", StringComparison.OrdinalIgnoreCase) || program.StartsWith("cmd", StringComparison.OrdinalIgnoreCase));
}
