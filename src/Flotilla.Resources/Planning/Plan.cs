using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>What would change on a host.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="Changes">In the order in which they would be made.</param>
/// <param name="Unchanged">How many resources are as declared.</param>
/// <param name="Problems">Resources that could not be read, of which it is not known whether they would change.</param>
public sealed record Plan(string Host, IReadOnlyList<ResourceChange> Changes, int Unchanged, IReadOnlyList<Problem> Problems)
{
    /// <summary>True when every resource was read and is as declared.</summary>
    public bool IsEmpty => Changes.Count == 0 && Problems.Count == 0;
}
