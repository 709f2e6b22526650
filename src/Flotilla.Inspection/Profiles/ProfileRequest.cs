namespace Flotilla.Inspection.Profiles;

/// <summary>What a profile is made from.</summary>
/// <param name="Root">The working directory: where profiles are looked for, and what paths are relative to.</param>
public sealed record ProfileRequest(string Root)
{
    /// <summary>What is inspected, a folder or a file; null for <see cref="Root"/>. A profile in it counts when <see cref="Root"/> has none.</summary>
    public string? Inspected { get; init; }

    /// <summary>What the command line says; stronger than all that is saved.</summary>
    public ProfileOptions Options { get; init; } = new();

    /// <summary>The tools there are, beyond those of Prospector: a profile's section of another name is a finding.</summary>
    public IReadOnlyList<string> KnownTools { get; init; } = [];

    /// <summary>Variables of the environment; null when they shall not count.</summary>
    public Func<string, string?>? Environment { get; init; }

    /// <summary>The user's own folder, which may hold a <c>.prospectorrc</c>; null when it shall not count.</summary>
    public string? Home { get; init; }

    /// <summary>Folders of installed Python packages, which may hold <c>prospector_profile_NAME</c>.</summary>
    public IReadOnlyList<string> SitePackages { get; init; } = [];
}
