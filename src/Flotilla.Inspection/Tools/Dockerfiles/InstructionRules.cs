using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>Rules about single instructions other than FROM, COPY and RUN.</summary>
internal static partial class InstructionRules
{
    public static IReadOnlyList<DockerRule> All { get; } =
    [
        DockerRule.On("WORKDIR", "DL3000", Severity.Error, workdir => IsAbsolute(workdir.Text.Trim('"', '\'')) ? null
            : $"\"{workdir.Text}\" depends on the folder before it: write it from the root."),
        DockerRule.OnStage("DL3002", Severity.Warning, (file, stage) => stage == file.Stages[^1] && stage.Of("USER").LastOrDefault() is { } user && user.Words[0].Split(':')[0] is "root" or "0"
            ? [(user, "Containers of this image run as root: end with a USER that is not.")] : []),
        DockerRule.On("EXPOSE", "DL3011", Severity.Error, expose => expose.Words.Where(word => !word.Contains('$')).SelectMany(word => word.Split('/')[0].Split('-'))
            .FirstOrDefault(port => long.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 65535) is { } port ? $"There is no port {port}: ports are 0 to 65535." : null),
        Once("HEALTHCHECK", "DL3012", Severity.Error),
        DockerRule.On("CMD", "DL3025", Severity.Warning, ShellForm),
        DockerRule.On("ENTRYPOINT", "DL3025", Severity.Warning, ShellForm),
        DockerRule.On("ONBUILD", "DL3043", Severity.Error, onbuild => onbuild.Triggered is { Keyword: "FROM" or "MAINTAINER" or "ONBUILD" } inner ? $"ONBUILD cannot trigger {inner.Keyword}." : null),
        DockerRule.OnStage("DL3044", Severity.Error, (_, stage) => SelfReferences(stage)),
        DockerRule.On("LABEL", "DL3048", Severity.Note, label => DockerWords.Pairs(label).Select(pair => pair.Name).FirstOrDefault(name => !name.Contains('$') && !LabelKey().IsMatch(name)) is { } key
            ? $"\"{key}\" is no key for a label: use small letters, digits, and single dots and hyphens between them." : null),
        DockerRule.On("MAINTAINER", "DL4000", Severity.Error, _ => "MAINTAINER is deprecated: write LABEL org.opencontainers.image.authors=\"…\"."),
        Once("CMD", "DL4003", Severity.Warning),
        Once("ENTRYPOINT", "DL4004", Severity.Error),
    ];

    private static DockerRule Once(string keyword, string code, Severity severity) => DockerRule.OnStage(code, severity, (_, stage) =>
        stage.Of(keyword).Skip(1).Select(again => (again, $"The stage has a {keyword} already in line {stage.Of(keyword).First().Line}: only the last one counts.")));

    private static string? ShellForm(DockerInstruction instruction) => instruction.Json is null
        ? $"{instruction.Keyword} runs through a shell, which passes no signals on: write it as a list, [\"program\", \"argument\"]." : null;

    private static bool IsAbsolute(string path) => path is ['/', ..] or ['$', ..] or ['\\', ..] or [_, ':', ..];

    // A name means in an ENV what it meant before it.
    private static IEnumerable<(DockerInstruction, string)> SelfReferences(DockerStage stage)
    {
        var before = new HashSet<string>(StringComparer.Ordinal);
        foreach (var instruction in stage.Instructions)
        {
            if (instruction.Keyword is not ("ENV" or "ARG")) continue;
            var pairs = DockerWords.Pairs(instruction);
            var names = pairs.Select(pair => pair.Name).ToHashSet(StringComparer.Ordinal);
            if (instruction.Keyword == "ENV")
                foreach (var name in pairs.SelectMany(pair => Variable().Matches(pair.Value).Select(match => match.Groups["name"].Value)).Distinct(StringComparer.Ordinal))
                    if (names.Contains(name) && !before.Contains(name) && pairs.Count > 1) yield return (instruction, $"${name} is not yet set here: give it an ENV of its own before this one.");
            before.UnionWith(names);
        }
    }

    [GeneratedRegex(@"\$\{?(?<name>[A-Za-z_]\w*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[a-z0-9]+([.-][a-z0-9]+)*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LabelKey();
}
