using System.Globalization;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>Rules about COPY and ADD.</summary>
internal static class CopyRules
{
    private static readonly string[] Archives = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz", ".tar.lzma", ".tlz", ".Z"];

    public static IReadOnlyList<DockerRule> All { get; } =
    [
        DockerRule.OnStage("DL3010", Severity.Note, (_, stage) => from copy in stage.Of("COPY") where copy.Flag("from") is null
            from source in Sources(copy) where IsArchive(source) && stage.Of("RUN").Any(run => run.Line > copy.Line && Unpacks(run, source[(source.LastIndexOf('/') + 1)..]))
            select (copy, $"\"{source}\" is copied to be unpacked: ADD does both, and leaves no copy in the image.")),
        DockerRule.On("ADD", "DL3020", Severity.Error, add => add.Heredocs.Count == 0 && Sources(add).FirstOrDefault(source => !IsAddress(source) && !IsArchive(source) && !source.Contains('$')) is { } source
            ? $"ADD does more than copy \"{source}\": use COPY." : null),
        DockerRule.On("COPY", "DL3021", Severity.Error, copy => copy.Words.Count > 2 && !copy.Words[^1].EndsWith('/') && !copy.Words[^1].EndsWith('\\') && !copy.Words[^1].Contains('$') && copy.Words[^1] is not ("." or "..")
            ? $"Several files can only be copied to a folder: write \"{copy.Words[^1]}/\"." : null),
        DockerRule.OnStage("DL3022", Severity.Warning, (file, stage) => from copy in stage.Of("COPY") let name = copy.Flag("from") where name is not null && !IsKnown(file, stage, name)
            select (copy, $"No stage before this one is called \"{name}\"; for an image, name its tag.")),
        DockerRule.OnStage("DL3023", Severity.Error, (_, stage) => from copy in stage.Of("COPY") where Dockerfile.SameName(stage.Alias, copy.Flag("from"))
            select (copy, $"The stage \"{stage.Alias}\" copies from itself.")),
        DockerRule.OnStage("DL3045", Severity.Warning, (file, stage) => from copy in stage.Of("COPY") where IsRelative(copy.Words[^1]) && !HasFolder(file, stage, copy.Line)
            select (copy, $"Where \"{copy.Words[^1]}\" is depends on the image below: set a WORKDIR first, or write the path from the root.")),
    ];

    private static IEnumerable<string> Sources(DockerInstruction copy) => copy.Words.SkipLast(1).Where(word => !word.StartsWith("<<", StringComparison.Ordinal));

    private static bool IsArchive(string path) => Archives.Any(suffix => path.EndsWith(suffix, StringComparison.Ordinal));

    private static bool IsAddress(string source) => source.Contains("://", StringComparison.Ordinal) || source.StartsWith("git@", StringComparison.Ordinal);

    private static bool Unpacks(DockerInstruction run, string file) => run.Commands.Any(command =>
        command.Program is "tar" or "bsdtar" && (command.Has("-x", "--extract") || command.Arguments.FirstOrDefault() is { } first && !first.StartsWith('-') && first.Contains('x')) && command.Arguments.Any(argument => argument == file || argument.EndsWith("/" + file, StringComparison.Ordinal)));

    private static bool IsKnown(Dockerfile file, DockerStage stage, string name) =>
        name.Contains(':') || name.Contains('@') || name.Contains('$') || Dockerfile.SameName(stage.Alias, name)
        || (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number < stage.Number : file.Stages.Take(stage.Number).Any(earlier => Dockerfile.SameName(earlier.Alias, name)));

    private static bool IsRelative(string path) => path is not (['/', ..] or ['$', ..] or ['\\', ..] or [_, ':', ..]);

    private static bool HasFolder(Dockerfile file, DockerStage stage, int line)
    {
        for (var at = stage; at is not null; at = file.ParentOf(at))
            if (at.Of("WORKDIR").Any(workdir => at != stage || workdir.Line < line)) return true;
        return false;
    }
}
