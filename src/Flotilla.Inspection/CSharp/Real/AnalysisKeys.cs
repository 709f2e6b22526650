using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Hashes of everything that a project's findings depend on, so that a project that did not change is not analysed again.</summary>
/// <remarks>
/// The arguments; the bytes of sources, configuration and additional files; path, size and time of change of assemblies; what can be
/// seen of the projects referred to; and what the profile asks for.
/// </remarks>
/// <param name="answers">Every project that may be referred to.</param>
/// <param name="compilations">Compiles a project of which it is not known what others see.</param>
/// <param name="store">Knows what others saw.</param>
/// <param name="salt">What holds for all projects: options, packs, and the folder that paths are relative to.</param>
internal sealed class AnalysisKeys(IReadOnlyList<ProjectAnswer> answers, Compilations compilations, AnalysisStore store, string salt)
{
    private readonly ILookup<string, ProjectAnswer> _byProject = answers.ToLookup(answer => answer.Project, StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Dictionary<ProjectAnswer, Task<string>> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The hash of one project.</summary>
    public Task<string> OfAsync(ProjectAnswer answer)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(answer, out var key)) _known[answer] = key = Task.Run(() => HashAsync(answer));
            return key;
        }
    }

    private async Task<string> HashAsync(ProjectAnswer answer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, salt);
        foreach (var line in answer.ToLines()) Add(hash, line);
        var arguments = CSharpCommandLineParser.Default.Parse(answer.Arguments, answer.Folder, sdkDirectory: null);
        foreach (var path in arguments.SourceFiles.Select(file => file.Path)
            .Concat(arguments.AnalyzerConfigPaths)
            .Concat(arguments.AdditionalFiles.Select(file => file.Path)))
            Add(hash, ProjectInputs.HashOf(path));
        // What another project built is what can be seen of it, below, wherever it is compiled here.
        var built = answer.Outputs.Where(output => _byProject.Contains(output.Project)).Select(output => Path.GetFullPath(output.Path, answer.Folder)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in arguments.MetadataReferences.Select(reference => Path.GetFullPath(reference.Reference, answer.Folder)).Where(path => !built.Contains(path)).Concat(answer.AnalyzerPaths))
        {
            var file = new FileInfo(path);
            Add(hash, file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "-");
        }
        foreach (var other in answer.References.Select(link => link.Project).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).SelectMany(project => _byProject[project]))
            Add(hash, await SurfaceAsync(other).ConfigureAwait(false));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<string> SurfaceAsync(ProjectAnswer answer)
    {
        var key = await OfAsync(answer).ConfigureAwait(false);
        if (store.FindSurface(answer, key) is { } known) return known;
        var surface = (await compilations.SurfaceAsync(answer).ConfigureAwait(false)).Hash ?? key;
        store.KeepSurface(answer, key, surface);
        return surface;
    }

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
