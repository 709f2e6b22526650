namespace Flotilla.Inspection.Tools.Programs;

/// <summary>A tool whose version changes only when a program in PATH changes: it need not be asked each time.</summary>
internal interface IInstalled
{
    /// <summary>The names of those programs.</summary>
    IReadOnlyList<string> Candidates { get; }
}
