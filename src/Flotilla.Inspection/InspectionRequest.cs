using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Python;

namespace Flotilla.Inspection;

/// <summary>What is to be inspected, and how.</summary>
/// <param name="Root">The folder that paths are relative to, absolute.</param>
public sealed record InspectionRequest(string Root)
{
    /// <summary>Files and folders, relative to the root or absolute; none means the root.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The tools to choose from.</summary>
    public Toolbox Tools { get; init; } = Toolbox.BuiltIn();

    /// <summary>What is asked of the tools, and which files are left out; null asks them for all that they say by themselves.</summary>
    public Profile? Profile { get; init; }

    /// <summary>Run these alone; null for what the profile says.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Run these too.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Do not run these.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Whether equal findings of several tools are joined.</summary>
    public bool Blend { get; init; } = true;

    /// <summary>Which names are one defect's.</summary>
    public DefectNames Names { get; init; } = DefectNames.BuiltIn;

    /// <summary>Where results are kept between inspections; null keeps none.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>The name that the tree's results are kept under in the cache; null for the root's path.</summary>
    public string? CacheName { get; init; }

    /// <summary>The name of another tree whose results serve too where they are for the same content; null for none.</summary>
    public string? CacheBeside { get; init; }

    /// <summary>After which a program of a tool is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many programs run at once; by default one for each core.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>What a profile, and the options that it was loaded with, ask for.</summary>
    /// <param name="root">The folder that paths are relative to, absolute.</param>
    /// <param name="profile">The profile.</param>
    public static InspectionRequest For(string root, Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new InspectionRequest(root)
        {
            Profile = profile,
            Only = profile.Options.Tools,
            With = profile.Options.WithTools ?? [],
            Without = profile.Options.WithoutTools ?? [],
            Blend = profile.Options.Blending ?? true,
        };
    }

    /// <summary>The cache of this user: <c>flotilla/inspect</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>; null without a home.</summary>
    public static string? UsualCacheFolder(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var caches = environment("XDG_CACHE_HOME") is { Length: > 0 } folder && Path.IsPathRooted(folder) ? folder
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache") : null;
        return caches is null ? null : Path.Combine(caches, "flotilla", "inspect");
    }

    /// <summary>The folders in which packages of Python are installed for the tools in PATH.</summary>
    public static IReadOnlyList<string> SitePackages() => [.. Interpreters.PackageFolders().Where(Directory.Exists)];
}
