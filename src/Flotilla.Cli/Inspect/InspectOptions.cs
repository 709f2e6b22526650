using System.CommandLine;
using System.Globalization;
using Flotilla.Core;
using Flotilla.Inspection;
using Flotilla.Inspection.Profiles;

namespace Flotilla.Cli.Inspect;

/// <summary>The options of <c>flotilla inspect</c> that say what is asked; their names and meanings are Prospector's.</summary>
internal sealed class InspectOptions
{
    public Argument<string[]> Paths { get; } = new("PATH") { Description = "Files and folders; none means the current folder", Arity = ArgumentArity.ZeroOrMore };

    public Option<string[]> Profiles { get; } = Many("--profile", "-P", "NAME", "A profile: a name, a file, or a built-in one; more than one are inherited");
    public Option<string[]> ProfilePath { get; } = Many("--profile-path", null, "FOLDER", "Where else profiles are looked for");
    public Option<string?> Strictness { get; } = new("--strictness", "-s") { Description = "How much is said: verylow, low, medium, high, veryhigh, none", HelpName = "LEVEL" };
    public Option<bool> DocWarnings { get; } = new("--doc-warnings", "-D") { Description = "Say what lacks documentation" };
    public Option<bool> TestWarnings { get; } = new("--test-warnings", "-T") { Description = "Inspect tests too" };
    public Option<bool> MemberWarnings { get; } = new("--member-warnings", "-m") { Description = "Say which members of Python objects are not there" };
    public Option<bool> NoStyle { get; } = new("--no-style-warnings", "-8") { Description = "Leave style out" };
    public Option<bool> FullPep8 { get; } = new("--full-pep8", "-F") { Description = "All of Python's style guide, whatever the strictness" };
    public Option<int?> MaxLineLength { get; } = new("--max-line-length") { Description = "How long lines may be", HelpName = "CHARACTERS" };
    public Option<string[]> Tool { get; } = Many("--tool", "-t", "TOOL", "Run this tool alone");
    public Option<string[]> WithTool { get; } = Many("--with-tool", "-w", "TOOL", "Run this tool too");
    public Option<string[]> WithoutTool { get; } = Many("--without-tool", "-W", "TOOL", "Do not run this tool");
    public Option<bool> NoAutodetect { get; } = new("--no-autodetect", "-A") { Description = "Do not look for frameworks" };
    public Option<string[]> Uses { get; } = Many("--uses", "-u", "FRAMEWORK", "A framework that the code uses: django, celery, flask, aspnetcore, …");
    public Option<bool> NoBlending { get; } = new("--no-blending", "-B") { Description = "Show every tool's message, also of one defect" };
    public Option<bool> NoExternal { get; } = new("--no-external-config", "-E") { Description = "Leave the tools' own configuration files out" };
    public Option<string?> PylintConfig { get; } = new("--pylint-config-file") { Description = "pylint's own configuration", HelpName = "FILE" };
    public Option<string[]> IgnorePaths { get; } = Many("--ignore-paths", "-i", "NAME", "Leave out files and folders of this name");
    public Option<string[]> IgnorePatterns { get; } = Many("--ignore-patterns", "-I", "REGEX", "Leave out paths in which this is found");
    public Option<bool> NoCache { get; } = new("--no-cache") { Description = "Run every tool, and keep nothing" };
    public Option<double> Timeout { get; } = new("--timeout") { Description = "How long one program of a tool may take", HelpName = "SECONDS", DefaultValueFactory = _ => 600 };
    public Option<int?> Parallel { get; } = new("--parallel") { Description = "How many programs run at once; one for each core by default", HelpName = "N" };

    public IEnumerable<Option> All =>
    [
        Profiles, ProfilePath, Strictness, DocWarnings, TestWarnings, MemberWarnings, NoStyle, FullPep8, MaxLineLength, Tool, WithTool, WithoutTool, NoAutodetect, Uses,
        NoBlending, NoExternal, PylintConfig, IgnorePaths, IgnorePatterns, NoCache, Timeout, Parallel,
    ];

    /// <summary>What was said on the command line; what was not is null.</summary>
    public ProfileOptions Said(ParseResult parsed)
    {
        return new ProfileOptions
        {
            Profiles = List(Profiles),
            ProfilePath = List(ProfilePath),
            Strictness = parsed.GetValue(Strictness),
            DocWarnings = True(DocWarnings),
            TestWarnings = True(TestWarnings),
            MemberWarnings = True(MemberWarnings),
            NoStyleWarnings = True(NoStyle),
            FullPep8 = True(FullPep8),
            MaxLineLength = parsed.GetValue(MaxLineLength),
            Tools = List(Tool),
            WithTools = List(WithTool),
            WithoutTools = List(WithoutTool),
            Autodetect = parsed.GetValue(NoAutodetect) ? false : null,
            Uses = List(Uses),
            Blending = parsed.GetValue(NoBlending) ? false : null,
            ExternalConfiguration = parsed.GetValue(NoExternal) ? false : null,
            PylintConfigFile = parsed.GetValue(PylintConfig),
            IgnorePaths = List(IgnorePaths),
            IgnorePatterns = List(IgnorePatterns),
        };

        IReadOnlyList<string>? List(Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } values ? values : null;
        bool? True(Option<bool> option) => parsed.GetValue(option) ? true : null;
    }

    /// <summary>The current folder.</summary>
    public InspectedFolder Folder(ParseResult parsed) => new(Environment.CurrentDirectory, Environment.GetEnvironmentVariable, keepResults: !parsed.GetValue(NoCache));

    /// <summary>The profile that the current folder, the environment and the command line make.</summary>
    public Profile Profile(ParseResult parsed, ProfileOptions said, InspectedFolder folder) => folder.Profile(said, parsed.GetValue(Paths) is [var only] ? Path.GetFullPath(only) : null);

    private const int TimeoutMax = 86_400;

    /// <summary>What is to be done.</summary>
    public InspectionRequest Request(ParseResult parsed, Profile profile, InspectedFolder folder) => folder.Request(profile) with
    {
        Paths = parsed.GetValue(Paths) is { Length: > 0 } paths ? paths : profile.Options.InspectedPath is { } saved ? [saved] : [],
        Timeout = parsed.GetValue(Timeout) is > 0 and <= TimeoutMax and var seconds ? TimeSpan.FromSeconds(seconds)
            : throw new ProblemException(new Problem($"--timeout is {parsed.GetValue(Timeout).ToString(CultureInfo.InvariantCulture)}.", Why: $"it is seconds, above 0 and up to {TimeoutMax} (a day).", Fix: "Leave it out for ten minutes.")),
        Parallelism = parsed.GetValue(Parallel) ?? Environment.ProcessorCount,
    };

    private static Option<string[]> Many(string name, string? shortName, string value, string description) =>
        shortName is null ? new(name) { Description = description, HelpName = value } : new(name, shortName) { Description = description, HelpName = value };
}
