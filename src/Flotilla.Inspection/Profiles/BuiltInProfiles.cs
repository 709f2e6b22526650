namespace Flotilla.Inspection.Profiles;

/// <summary>The profiles that come with the program, under Prospector's names, as YAML in the schema of any other profile.</summary>
internal static class BuiltInProfiles
{
    public const string Default = "default";

    private const string DefaultText =
        """
        strictness: medium
        doc-warnings: false
        test-warnings: false
        member-warnings: false
        autodetect: true
        """;

    private const string DocWarnings =
        """
        allow-shorthand: false
        pydocstyle: { run: true }
        roslyn: { enable: [CS1573, CS1591, SA1600, SA1601, SA1602] }
        """;

    private const string NoDocWarnings =
        """
        allow-shorthand: false
        ignore-patterns: ['^docs?/']
        pylint: { disable: [empty-docstring, missing-docstring] }
        pydocstyle: { run: false }
        roslyn: { disable: [CS1573, CS1591, SA1600, SA1601, SA1602] }
        """;

    private const string NoTestWarnings =
        """
        allow-shorthand: false
        ignore-patterns:
          - '^tests?/?'
          - '/tests?(/|$)'
          - '(^|/)test_[_a-zA-Z0-9]+.py$'
          - '(^|/)[_a-zA-Z0-9]+_tests?.py$'
          - '(^|/)tests?.py'
          - '(^|/)[^/]+\.Tests?(/|$)'
        """;

    private const string MemberWarnings = "allow-shorthand: false\npylint: { enable: [no-member, no-name-in-module] }\n";
    private const string NoMemberWarnings = "allow-shorthand: false\npylint: { disable: [no-member, no-name-in-module] }\n";

    private const string FullPep8 =
        """
        allow-shorthand: false
        pycodestyle:
          run: true
          enable: [
            E101, E111, E112, E113, E114, E115, E116, E121, E122, E123, E124, E125, E126, E127, E128, E201, E202, E203, E211, E221,
            E222, E223, E224, E225, E227, E228, E231, E251, E261, E262, E265, E266, E271, E272, E273, E274, E301, E302, E303, E304,
            E401, E402, E501, E502, E701, E702, E703, E704, E711, E712, E721, E731, E901, E902, W191, W291, W292, W293, W391, W503,
            W601, W602, W603, W604, N801, N802, N803, N804, N805, N806, N811, N812, N813, N814]
        """;

    private const string NoPep8 =
        """
        allow-shorthand: false
        pylint:
          disable: [
            line-too-long, too-many-lines, trailing-whitespace, missing-final-newline, unnecessary-semicolon, multiple-statements,
            C0322, C0323, C0324]
        pycodestyle: { run: false }
        """;

    private const string Flake8 =
        """
        allow-shorthand: false
        dodgy: { run: false }
        pydocstyle: { run: false }
        pylint: { run: false }
        pyroma: { run: false }
        vulture: { run: false }
        """;

    private static readonly SortedDictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        [Default] = DefaultText,
        ["doc_warnings"] = DocWarnings,
        ["no_doc_warnings"] = NoDocWarnings,
        ["no_test_warnings"] = NoTestWarnings,
        ["member_warnings"] = MemberWarnings,
        ["no_member_warnings"] = NoMemberWarnings,
        ["full_pep8"] = FullPep8,
        ["no_pep8"] = NoPep8,
        ["flake8"] = Flake8,
        ["strictness_none"] = BuiltInStrictness.None,
        ["strictness_veryhigh"] = BuiltInStrictness.VeryHigh,
        ["strictness_high"] = BuiltInStrictness.High,
        ["strictness_medium"] = BuiltInStrictness.Medium,
        ["strictness_low"] = BuiltInStrictness.Low,
        ["strictness_verylow"] = BuiltInStrictness.VeryLow,
    };

    // Tools that these profiles speak to beyond those of Prospector; a caller need not have them.
    private static readonly string[] Tools = [.. ProfileKeys.ProspectorTools, "dockerfile", "roslyn", "shellcheck", "yamllint"];

    private static readonly Lazy<Dictionary<string, ProfileFile>> Read = new(() =>
        Texts.ToDictionary(
            text => text.Key,
            text => new ProfileReader(text.Key, null, Tools, new ProfileFindings("/", "/")).Read(SafeYaml.Load(text.Key, text.Key, text.Value)),
            StringComparer.Ordinal));

    public static IReadOnlyCollection<string> Names => Texts.Keys;

    public static string? TextOf(string name) => Texts.GetValueOrDefault(name);

    public static ProfileFile? Find(string name) => Read.Value.GetValueOrDefault(name);

    public static ProfileFile Get(string name) => Find(name) ?? throw new ArgumentException($"There is no built-in profile \"{name}\".", nameof(name));
}
