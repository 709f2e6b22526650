namespace Flotilla.Resources;

/// <summary>How it went with one resource.</summary>
public enum ResourceOutcome
{
    /// <summary>It was as declared.</summary>
    Unchanged,

    /// <summary>It was changed, and read again it is as declared.</summary>
    Changed,

    /// <summary>It could not be read, changed or refreshed, or is not as declared after the change.</summary>
    Failed,

    /// <summary>It was not looked at, because a resource that it depends on failed.</summary>
    Skipped,
}

/// <summary>What an apply did with one resource.</summary>
/// <param name="Id">The resource.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Change">What was changed, or was to be when it failed; null when nothing differed or was found out.</param>
/// <param name="Refreshed">It was refreshed, because a resource that it subscribes to changed.</param>
/// <param name="Error">Why it failed or was skipped; null otherwise.</param>
/// <param name="Took">The time spent on it.</param>
public sealed record ResourceResult(ResourceId Id, ResourceOutcome Outcome, ResourceChange? Change, bool Refreshed, string? Error, TimeSpan Took);

/// <summary>What an apply did on a host.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="Results">One for each resource, in the order of the catalog.</param>
public sealed record ApplyReport(string Host, IReadOnlyList<ResourceResult> Results)
{
    /// <summary>How many were changed.</summary>
    public int Changed => Count(ResourceOutcome.Changed);

    /// <summary>How many failed.</summary>
    public int Failed => Count(ResourceOutcome.Failed);

    /// <summary>How many were skipped.</summary>
    public int Skipped => Count(ResourceOutcome.Skipped);

    /// <summary>How many were as declared.</summary>
    public int Unchanged => Count(ResourceOutcome.Unchanged);

    /// <summary>True when none failed; then none was skipped either.</summary>
    public bool Succeeded => Failed == 0;

    /// <summary>Those that were changed, in order.</summary>
    public IReadOnlyList<ResourceId> ChangedIds =>
        [.. Results.Where(result => result.Outcome == ResourceOutcome.Changed).Select(result => result.Id)];

    private int Count(ResourceOutcome outcome) => Results.Count(result => result.Outcome == outcome);
}
