namespace Flotilla.Inspection.Profiles;

/// <summary>The words of a profile.</summary>
internal static class ProfileKeys
{
    public static readonly string[] Strictnesses = ["veryhigh", "high", "medium", "low", "verylow", "none"];

    public static readonly string[] General =
    [
        "allow-shorthand", "autodetect", "doc-warnings", "ignore", "ignore-paths", "ignore-patterns", "inherits", "max-line-length",
        "member-warnings", "output-format", "output-target", "pep8", "python-targets", "requirements", "strictness", "test-warnings", "uses",
    ];

    public static readonly string[] OfTool = ["disable", "enable", "load-plugins", "options", "run"];

    /// <summary>The tools that a Prospector profile may speak to; a program may know more.</summary>
    public static readonly string[] ProspectorTools =
    [
        "bandit", "dodgy", "mccabe", "mypy", "profile-validator", "pycodestyle", "pydocstyle", "pyflakes", "pylint", "pyright", "pyroma",
        "ruff", "vulture",
    ];

    /// <summary>Tools whose name changed. <c>pep8</c> is also the shorthand for every style warning.</summary>
    public static readonly IReadOnlyDictionary<string, string> Renamed = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["pep257"] = "pydocstyle",
        ["pep8"] = "pycodestyle",
    };

    /// <summary>A tool that is gone; its section is accepted and has no effect.</summary>
    public const string Frosted = "frosted";
}
