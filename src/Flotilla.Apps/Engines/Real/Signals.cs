using System.Runtime.InteropServices;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Signals of Linux, see signal(7).</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Shells and the runtime report a death by signal n as exit code 128 + n.</summary>
    public const int ExitCodeBase = 128;

    public const int Max = 64;

    /// <summary>Sends a signal; false when it did not arrive: the process is gone, or is not this user's.</summary>
    public static bool Send(int processId, int signal) =>
        // 0 and negative numbers mean whole groups, this program's own among them.
        processId > 1 && KillProcess(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillProcess(int processId, int signal);
}
