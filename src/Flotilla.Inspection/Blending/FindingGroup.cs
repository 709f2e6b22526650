namespace Flotilla.Inspection.Blending;

/// <summary>One defect: the finding that is shown, and those of other tools that it stands for.</summary>
internal sealed class FindingGroup(Finding kept)
{
    private readonly List<Finding> _absorbed = [];

    /// <summary>The finding that is shown.</summary>
    public Finding Kept { get; } = kept;

    /// <summary>The group that took this one in; null while it stands by itself.</summary>
    public FindingGroup? Into { get; private set; }

    /// <summary>The group that stands for this one.</summary>
    public FindingGroup Top => Into?.Top ?? this;

    /// <summary>The kept finding and the absorbed ones.</summary>
    public IEnumerable<Finding> All => _absorbed.Prepend(Kept);

    /// <summary>Takes another group in, unless both have a message of the same tool.</summary>
    public void TryAbsorb(FindingGroup other)
    {
        if (other == this || All.Select(finding => finding.Tool).Intersect(other.All.Select(finding => finding.Tool), StringComparer.Ordinal).Any()) return;
        _absorbed.AddRange(other.All);
        other.Into = this;
    }

    /// <summary>The kept finding, with the others' names, as bad as the worst of them and fixable when one is.</summary>
    public Finding Blended() => _absorbed.Count == 0 ? Kept : Kept with
    {
        AlsoReportedBy = [.. _absorbed.Select(finding => new FindingName(finding.Tool, finding.Code, finding.Message)).OrderBy(name => name.Tool, StringComparer.Ordinal)],
        Severity = All.Max(finding => finding.Severity),
        IsFixable = All.Any(finding => finding.IsFixable),
        DocUrl = All.Select(finding => finding.DocUrl).FirstOrDefault(url => url is not null),
        Location = Kept.Location with
        {
            Column = Kept.Location.Column ?? All.Where(finding => finding.Location.Line == Kept.Location.Line).Select(finding => finding.Location.Column).FirstOrDefault(column => column is not null),
            Function = Kept.Location.Function ?? All.Select(finding => finding.Location.Function).FirstOrDefault(function => function is not null),
        },
    };
}
