namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>Rules about FROM and the order of instructions.</summary>
internal static class ImageRules
{
    public static IReadOnlyList<DockerRule> All { get; } =
    [
        DockerRule.OnStage("DL3006", Severity.Warning, (file, stage) => IsForeign(file, stage) && Tag(stage.Image) is null && !stage.Image.Contains('@')
            ? [(stage.From, $"The image \"{stage.Image}\" has no tag, so that its version is whatever is newest: name one, or a digest.")] : []),
        DockerRule.OnStage("DL3007", Severity.Warning, (file, stage) => IsForeign(file, stage) && Tag(stage.Image) == "latest" && !stage.Image.Contains('@')
            ? [(stage.From, $"\"{stage.Image}\" changes when a release comes out: name the version, or a digest.")] : []),
        DockerRule.OnStage("DL3024", Severity.Error, (file, stage) => file.Stages.Take(stage.Number).Any(earlier => Dockerfile.SameName(earlier.Alias, stage.Alias))
            ? [(stage.From, $"An earlier stage is called \"{stage.Alias}\" already.")] : []),
        new("DL3026", Severity.Error, (file, settings) => settings.TrustedRegistries.Count == 0 ? []
            : from stage in file.Stages where IsForeign(file, stage) && !settings.TrustedRegistries.Any(trusted => Trusts(trusted, Registry(stage.Image)))
              select (stage.From, $"The image comes from {Registry(stage.Image)}, which is not among the trusted registries.")),
        DockerRule.On("FROM", "DL3029", Severity.Warning, from => from.Flag("platform") is { } platform && !platform.Contains("BUILDPLATFORM", StringComparison.Ordinal) && !platform.Contains("TARGETPLATFORM", StringComparison.Ordinal)
            ? $"The platform is fixed to {platform}: leave it to who builds, or use $BUILDPLATFORM." : null),
        new("DL3061", Severity.Error, (file, _) => file.Instructions.Count > 0 && file.Instructions.TakeWhile(each => each.Keyword != "FROM").FirstOrDefault(each => each.Keyword != "ARG") is { } early
            ? [(early, $"{early.Keyword} stands before the first FROM, where only ARG may.")] : []),
    ];

    // Neither an earlier stage, nor nothing, nor unknown until the build.
    private static bool IsForeign(Dockerfile file, DockerStage stage) => stage.Image is not "scratch" && !stage.Image.Contains('$') && file.ParentOf(stage) is null;

    private static string? Tag(string image)
    {
        var name = image.Split('@')[0];
        var last = name[(name.LastIndexOf('/') + 1)..];
        return last.Contains(':') ? last[(last.IndexOf(':') + 1)..] : null;
    }

    private static string Registry(string image)
    {
        var slash = image.IndexOf('/');
        var first = slash < 0 ? "" : image[..slash];
        return first == "localhost" || first.Contains('.') || first.Contains(':') ? first : "docker.io";
    }

    private static bool Trusts(string trusted, string registry) => trusted == "*" || trusted == registry
        || (trusted.StartsWith('*') && registry.EndsWith(trusted[1..], StringComparison.Ordinal)) || (trusted.EndsWith('*') && registry.StartsWith(trusted[..^1], StringComparison.Ordinal));
}
