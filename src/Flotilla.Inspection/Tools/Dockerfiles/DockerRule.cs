namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>A rule about Dockerfiles.</summary>
/// <param name="Code">What hadolint calls the same rule, so that its users' settings and comments hold.</param>
/// <param name="Severity">As hadolint's: its "info" and "style" are notes.</param>
/// <param name="Find">The places where it is broken, with words for each.</param>
internal sealed record DockerRule(string Code, Severity Severity, Func<Dockerfile, DockerSettings, IEnumerable<(DockerInstruction At, string Message)>> Find)
{
    /// <summary>Every rule, by code.</summary>
    public static IReadOnlyList<DockerRule> All { get; } = [.. ImageRules.All.Concat(InstructionRules.All).Concat(CopyRules.All).Concat(RunRules.All).Concat(PackageRules.All).OrderBy(rule => rule.Code, StringComparer.Ordinal)];

    /// <summary>A rule about single instructions.</summary>
    public static DockerRule On(string keyword, string code, Severity severity, Func<DockerInstruction, string?> broken) =>
        new(code, severity, (file, _) => from instruction in file.Instructions where instruction.Keyword == keyword let message = broken(instruction) where message is not null select (instruction, message));

    /// <summary>A rule about single stages.</summary>
    public static DockerRule OnStage(string code, Severity severity, Func<Dockerfile, DockerStage, IEnumerable<(DockerInstruction, string)>> find) =>
        new(code, severity, (file, _) => file.Stages.SelectMany(stage => find(file, stage)));

    /// <summary>A rule about single commands of RUN; an instruction that breaks it twice is told once.</summary>
    public static DockerRule OnCommand(string code, Severity severity, Func<DockerInstruction, ShellCommand, string?> broken) =>
        On("RUN", code, severity, run => run.Commands.Select(command => broken(run, command)).FirstOrDefault(message => message is not null));
}

/// <summary>What hadolint's configuration and the profile say to the rules.</summary>
/// <param name="TrustedRegistries">Registries that images may come from; empty for all.</param>
internal sealed record DockerSettings(IReadOnlyList<string> TrustedRegistries);
