namespace Flotilla.Inspection.Profiles;

/// <summary>
/// The options that may be given on the command line, or be kept in <c>PROSPECTOR_*</c> variables, <c>.prospectorrc</c>,
/// <c>setup.cfg</c>, <c>tox.ini</c> and <c>pyproject.toml</c>. Null means: not said.
/// </summary>
public sealed record ProfileOptions
{
    /// <summary><c>--profile</c>: the first is the profile, the others are inherited besides.</summary>
    public IReadOnlyList<string>? Profiles { get; init; }

    /// <summary><c>--profile-path</c>: folders to look for profiles in, before all others.</summary>
    public IReadOnlyList<string>? ProfilePath { get; init; }

    /// <summary><c>--strictness</c>.</summary>
    public string? Strictness { get; init; }

    /// <summary><c>--doc-warnings</c>.</summary>
    public bool? DocWarnings { get; init; }

    /// <summary><c>--test-warnings</c>.</summary>
    public bool? TestWarnings { get; init; }

    /// <summary><c>--member-warnings</c>.</summary>
    public bool? MemberWarnings { get; init; }

    /// <summary><c>--full-pep8</c>: every style warning.</summary>
    public bool? FullPep8 { get; init; }

    /// <summary><c>--no-style-warnings</c>: none of them.</summary>
    public bool? NoStyleWarnings { get; init; }

    /// <summary><c>--max-line-length</c>.</summary>
    public int? MaxLineLength { get; init; }

    /// <summary>False for <c>--no-autodetect</c>.</summary>
    public bool? Autodetect { get; init; }

    /// <summary><c>--uses</c>: frameworks.</summary>
    public IReadOnlyList<string>? Uses { get; init; }

    /// <summary><c>--ignore-paths</c>.</summary>
    public IReadOnlyList<string>? IgnorePaths { get; init; }

    /// <summary><c>--ignore-patterns</c>: regular expressions.</summary>
    public IReadOnlyList<string>? IgnorePatterns { get; init; }

    /// <summary>False for <c>--no-external-config</c>: the tools' own configuration files are not read.</summary>
    public bool? ExternalConfiguration { get; init; }

    /// <summary><c>--pylint-config-file</c>.</summary>
    public string? PylintConfigFile { get; init; }

    /// <summary><c>--tool</c>: these tools and no others.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary><c>--with-tool</c>: these besides.</summary>
    public IReadOnlyList<string>? WithTools { get; init; }

    /// <summary><c>--without-tool</c>: all but these.</summary>
    public IReadOnlyList<string>? WithoutTools { get; init; }

    /// <summary>False for <c>--no-blending</c>.</summary>
    public bool? Blending { get; init; }

    /// <summary><c>--zero-exit</c>.</summary>
    public bool? ZeroExit { get; init; }

    /// <summary><c>--output-format</c>, each <c>FORMAT[:FILE[:FILE]]</c>.</summary>
    public IReadOnlyList<string>? OutputFormats { get; init; }

    /// <summary><c>--messages-only</c>.</summary>
    public bool? MessagesOnly { get; init; }

    /// <summary><c>--summary-only</c>.</summary>
    public bool? SummaryOnly { get; init; }

    /// <summary><c>--quiet</c>.</summary>
    public bool? Quiet { get; init; }

    /// <summary><c>--absolute-paths</c>.</summary>
    public bool? AbsolutePaths { get; init; }

    /// <summary><c>--show-profile</c>.</summary>
    public bool? ShowProfile { get; init; }

    /// <summary><c>--path</c>, which is deprecated: what to inspect.</summary>
    public string? InspectedPath { get; init; }

    /// <summary>These, and where they say nothing, others.</summary>
    public ProfileOptions Over(ProfileOptions weaker) => new()
    {
        Profiles = Profiles ?? weaker.Profiles,
        ProfilePath = ProfilePath ?? weaker.ProfilePath,
        Strictness = Strictness ?? weaker.Strictness,
        DocWarnings = DocWarnings ?? weaker.DocWarnings,
        TestWarnings = TestWarnings ?? weaker.TestWarnings,
        MemberWarnings = MemberWarnings ?? weaker.MemberWarnings,
        FullPep8 = FullPep8 ?? weaker.FullPep8,
        NoStyleWarnings = NoStyleWarnings ?? weaker.NoStyleWarnings,
        MaxLineLength = MaxLineLength ?? weaker.MaxLineLength,
        Autodetect = Autodetect ?? weaker.Autodetect,
        Uses = Uses ?? weaker.Uses,
        IgnorePaths = IgnorePaths ?? weaker.IgnorePaths,
        IgnorePatterns = IgnorePatterns ?? weaker.IgnorePatterns,
        ExternalConfiguration = ExternalConfiguration ?? weaker.ExternalConfiguration,
        PylintConfigFile = PylintConfigFile ?? weaker.PylintConfigFile,
        Tools = Tools ?? weaker.Tools,
        WithTools = WithTools ?? weaker.WithTools,
        WithoutTools = WithoutTools ?? weaker.WithoutTools,
        Blending = Blending ?? weaker.Blending,
        ZeroExit = ZeroExit ?? weaker.ZeroExit,
        OutputFormats = OutputFormats ?? weaker.OutputFormats,
        MessagesOnly = MessagesOnly ?? weaker.MessagesOnly,
        SummaryOnly = SummaryOnly ?? weaker.SummaryOnly,
        Quiet = Quiet ?? weaker.Quiet,
        AbsolutePaths = AbsolutePaths ?? weaker.AbsolutePaths,
        ShowProfile = ShowProfile ?? weaker.ShowProfile,
        InspectedPath = InspectedPath ?? weaker.InspectedPath,
    };
}
