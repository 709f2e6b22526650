namespace Flotilla.Inspection.Changes;

/// <summary>The state of the repository that a change is measured against.</summary>
/// <param name="Name">What was asked for or found: <c>origin/main</c>.</param>
/// <param name="Commit">The commit that the change and <paramref name="Name"/> have in common, as hexadecimal digits.</param>
/// <param name="Taken">How it was come by, as a sentence for people.</param>
public sealed record BaseRevision(string Name, string Commit, string Taken)
{
    /// <summary>The first digits of the commit.</summary>
    public string Short => Commit[..Math.Min(10, Commit.Length)];
}

/// <summary>What a change brought.</summary>
/// <param name="Report">The findings that the base has not; the others are counted in <see cref="InspectionReport.Known"/>.</param>
/// <param name="Base">What the change was measured against.</param>
public sealed record NewFindingsReport(InspectionReport Report, BaseRevision Base)
{
    /// <summary>How many findings the base has that are gone now.</summary>
    public int Gone { get; init; }

    /// <summary>Tools that ran now and not on the base: all that they found counts as new.</summary>
    public IReadOnlyList<ToolReport> Unjudged { get; init; } = [];
}
