using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>One profile, read.</summary>
/// <param name="Name">What it was asked for by, without suffix where it was found by name.</param>
/// <param name="Path">The file; null for a built-in one.</param>
internal sealed record ProfileFile(string Name, string? Path)
{
    public ProfileLayer Layer { get; init; } = new();
    public IReadOnlyList<InheritedName> Inherits { get; init; } = [];
    public bool AllowShorthand { get; init; } = true;
    public bool IsBuiltIn => Path is null;
}

/// <summary>A name in <c>inherits</c>.</summary>
/// <param name="Name">Without the question mark.</param>
/// <param name="IsOptional">It had the question mark: a missing one is left out.</param>
/// <param name="Where">Where it is written.</param>
internal sealed record InheritedName(string Name, bool IsOptional, SourceLocation? Where);
