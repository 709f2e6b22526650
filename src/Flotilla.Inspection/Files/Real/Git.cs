using Flotilla.Core.Machines;

namespace Flotilla.Inspection.Files.Real;

/// <summary>Runs git over folders that nobody vouches for: nothing is written, and no hook, filter or monitor that a repository names is run.</summary>
internal static class Git
{
    // A repository of another user, or one that names programs for events, must not make git refuse or run them.
    private static readonly string[] Safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*", "-c", "advice.graftFileDeprecated=false"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs git in a folder.</summary>
    public static Task<CommandResult> RunAsync(
        IMachine machine, string folder, IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["LC_ALL"] = "C.UTF-8",
            ["GIT_OPTIONAL_LOCKS"] = "0",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_NO_LAZY_FETCH"] = "1",
        };
        return machine.RunAsync(new Command("git", [.. Safe, .. arguments], Timeout: Patience, Environment: variables, WorkingDirectory: folder) { OutputMax = 1 << 30 }, cancellationToken);
    }
}
