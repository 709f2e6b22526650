using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Hashes of everything that a project's findings depend on, so that a project that did not change is not analysed again.</summary>
/// <remarks>
/// The arguments; the bytes of sources, configuration and additional files; path, size and time of change of assemblies; the same
/// of the projects referred to; and what the profile asks for.
/// </remarks>
/// <param name="answers">Every project that may be referred to.</param>
/// <param name="salt">What holds for all projects: options, packs, and the folder that paths are relative to.</param>
internal sealed class Fingerprints(IReadOnlyList<ProjectAnswer> answers, string salt)
{
    private readonly ILookup<string, ProjectAnswer> _byProject = answers.ToLookup(answer => answer.Project, StringComparer.Ordinal);
    private readonly Dictionary<ProjectAnswer, string> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The hash of one project.</summary>
    public string Of(ProjectAnswer answer)
    {
        if (_known.TryGetValue(answer, out var known)) return known;
        // Projects cannot refer to each other in a circle; should an answer say so, the circle ends here.
        _known[answer] = "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, salt);
        foreach (var line in answer.ToLines()) Add(hash, line);
        var arguments = CSharpCommandLineParser.Default.Parse(answer.Arguments, answer.Folder, sdkDirectory: null);
        foreach (var path in arguments.SourceFiles.Select(file => file.Path)
            .Concat(arguments.AnalyzerConfigPaths)
            .Concat(arguments.AdditionalFiles.Select(file => file.Path)))
            Add(hash, ProjectInputs.HashOf(path));
        var projects = answer.References.Select(link => link.Project).ToHashSet(StringComparer.Ordinal);
        foreach (var path in arguments.MetadataReferences.Select(reference => Path.GetFullPath(reference.Reference, answer.Folder)).Concat(answer.AnalyzerPaths))
        {
            var file = new FileInfo(path);
            Add(hash, file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "-");
        }
        foreach (var other in projects.Order(StringComparer.Ordinal).SelectMany(project => _byProject[project])) Add(hash, Of(other));
        return _known[answer] = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
