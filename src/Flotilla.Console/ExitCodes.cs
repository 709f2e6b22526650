namespace Flotilla.Console;

/// <summary>What a command's exit code says.</summary>
public static class ExitCodes
{
    /// <summary>Done, or nothing to do.</summary>
    public const int Done = 0;

    /// <summary>A check found something: a failed scenario, findings, violations, pending changes under <c>--check</c>.</summary>
    public const int Found = 1;

    /// <summary>Wrong usage or input; nothing was done.</summary>
    public const int WrongUse = 2;

    /// <summary>The work itself failed.</summary>
    public const int Failed = 3;

    /// <summary>Interrupted by Ctrl-C or a signal.</summary>
    public const int Interrupted = 130;
}
