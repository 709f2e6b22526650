namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>A Dockerfile as it was read: instructions in order, and what could not be read.</summary>
internal sealed record Dockerfile(IReadOnlyList<DockerInstruction> Instructions, IReadOnlyList<DockerComment> Comments, IReadOnlyList<DockerMistake> Mistakes)
{
    private IReadOnlyList<DockerStage>? _stages;

    /// <summary>The stages: what stands from one FROM to the next.</summary>
    public IReadOnlyList<DockerStage> Stages => _stages ??= [.. FindStages()];

    private IEnumerable<DockerStage> FindStages()
    {
        var starts = Instructions.Select((instruction, i) => (instruction, i)).Where(each => each.instruction.Keyword == "FROM").Select(each => each.i).ToList();
        for (var s = 0; s < starts.Count; s++)
        {
            var end = s + 1 < starts.Count ? starts[s + 1] : Instructions.Count;
            var words = Instructions[starts[s]].Words;
            var alias = words is [_, var @as, var name, ..] && @as.Equals("as", StringComparison.OrdinalIgnoreCase) ? name : null;
            yield return new DockerStage(s, Instructions[starts[s]], words.Count > 0 ? words[0] : "", alias, [.. Instructions.Skip(starts[s] + 1).Take(end - starts[s] - 1)]);
        }
    }

    /// <summary>The stage that a stage's image names; null when it is an image from elsewhere.</summary>
    public DockerStage? ParentOf(DockerStage stage) => Stages.Take(stage.Number).LastOrDefault(earlier => SameName(earlier.Alias, stage.Image));

    /// <summary>Whether a stage is in the image that is built, as the last one or below it.</summary>
    public bool IsBuilt(DockerStage stage)
    {
        for (var at = Stages[^1]; at is not null; at = ParentOf(at))
            if (at == stage) return true;
        return false;
    }

    public static bool SameName(string? one, string? other) => one is not null && one.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A stage of a build.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="From">The instruction that begins it.</param>
/// <param name="Image">What it builds on, as written.</param>
/// <param name="Alias">Its name; null without one.</param>
/// <param name="Instructions">Those after the FROM.</param>
internal sealed record DockerStage(int Number, DockerInstruction From, string Image, string? Alias, IReadOnlyList<DockerInstruction> Instructions)
{
    public IEnumerable<DockerInstruction> Of(string keyword) => Instructions.Where(instruction => instruction.Keyword == keyword);
}

/// <summary>An instruction with its lines joined.</summary>
/// <param name="Keyword">In capitals.</param>
/// <param name="Line">Its first line, counted from 1.</param>
/// <param name="EndLine">Its last line, with its heredocs.</param>
/// <param name="Text">What stands after the keyword and flags.</param>
internal sealed record DockerInstruction(string Keyword, int Line, int EndLine, string Text)
{
    private IReadOnlyList<ShellCommand>? _commands;
    private IReadOnlyList<string>? _words;

    /// <summary>Flags such as <c>--from=build</c>, without the dashes; a flag without a value has an empty one.</summary>
    public IReadOnlyList<(string Name, string Value)> Flags { get; init; } = [];

    /// <summary>The strings of the JSON form (<c>["a", "b"]</c>); null in the other form.</summary>
    public string[]? Json { get; init; }

    /// <summary>Texts given by <c>&lt;&lt;</c>.</summary>
    public IReadOnlyList<string> Heredocs { get; init; } = [];

    /// <summary>The instruction inside of an ONBUILD.</summary>
    public DockerInstruction? Triggered { get; init; }

    /// <summary>The words, without quotes around them.</summary>
    public IReadOnlyList<string> Words => _words ??= Json ?? DockerWords.Split(Text);

    /// <summary>What a RUN runs; of a shell's text, as far as it is understood without running it.</summary>
    public IReadOnlyList<ShellCommand> Commands => _commands ??=
        Keyword != "RUN" ? []
        : Json is [var program, .. var arguments] ? [new ShellCommand(program, arguments, Piped: false)]
        : ShellCommands.Of(Heredocs.Count > 0 && Text.StartsWith("<<", StringComparison.Ordinal) ? string.Join('\n', Heredocs) : Text);

    public string? Flag(string name) => Flags.Where(flag => flag.Name == name).Select(flag => flag.Value).LastOrDefault();

    /// <summary>Whether a folder outlives the RUN outside of the image: a mount of cache or memory there or above.</summary>
    public bool Mounts(string folder) => Flags.Any(flag => flag.Name == "mount" && flag.Value.Split(',') is var parts
        && (parts.Contains("type=cache", StringComparer.Ordinal) || parts.Contains("type=tmpfs", StringComparer.Ordinal))
        && parts.Select(part => part.Split('=', 2)).Any(part => part is ["target" or "dst" or "destination", var target] && (folder + "/").StartsWith(target.TrimEnd('/') + "/", StringComparison.Ordinal)));
}

/// <summary>A comment line, and the line of the instruction that follows it.</summary>
internal sealed record DockerComment(int Line, string Text, int? Before);

/// <summary>Something that a build would refuse.</summary>
internal sealed record DockerMistake(int Line, string Message);
