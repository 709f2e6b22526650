using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Python;

namespace Flotilla.Inspection.Files.Real;

/// <summary>
/// Finds the files to inspect. Git decides what is ignored where it is installed, whether or not the folder is a repository;
/// symbolic links are never followed, so that there are no loops and no file is inspected twice.
/// </summary>
internal sealed class SourceTreeReader(IMachine machine, string root)
{
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    private const int FilesAroundMax = 20_000;

    private static readonly string[] NotIgnored = ["--exclude-standard"];

    private static readonly string[] Everything = [.. Unowned.InstalledFolders.Order(StringComparer.Ordinal).SelectMany(name => (string[])["-x", name + "/"])];

    /// <summary>The files under folders, and files named by themselves, which are taken whatever their name.</summary>
    /// <param name="paths">Relative to the root or absolute; none means the root.</param>
    /// <param name="ignores">Whether a profile leaves a path out.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ProblemException">A path is not there.</exception>
    public async Task<SourceTree> ReadAsync(IReadOnlyList<string> paths, Func<string, bool> ignores, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, SourceFile>(StringComparer.Ordinal);
        var unopenable = new SortedSet<string>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var path in paths.Count == 0 ? ["."] : paths)
        {
            var full = Path.GetFullPath(path, root);
            if (File.Exists(full)) Add(full, named: true);
            else if (Directory.Exists(full))
                foreach (var found in Unowned.WithoutMade(await ListAsync(full, cancellationToken))) Add(found, named: false);
            else problems.Add(new Problem($"There is nothing at {path}.", Why: $"neither a file nor a folder is at {full}.", Fix: "Name a file or a folder, or none for the current folder."));
        }
        if (problems.Count > 0) throw new ProblemException(problems);
        return new SourceTree(root, [.. files.Values]) { Unopenable = [.. unopenable] };

        void Add(string full, bool named)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var relative = SourceTree.Inside(root, full);
            if (files.ContainsKey(relative)) return;
            if (!named && (Unowned.Path(relative) || ignores(relative))) return;
            if (IsNoText(full)) unopenable.Add(relative);
            else if (Language(full, named) is { } language) files[relative] = new SourceFile(relative, full, language);
        }
    }

    /// <summary>
    /// Every module of Python that those inspected may import, whether or not it is inspected itself: below the root, ignored and generated ones too, in
    /// the packages that the root stands in, and where the interpreter is told to look besides. Null where there are more files than can be looked
    /// through for one inspection, as in a home that is no repository.
    /// </summary>
    public async Task<SourceTree?> ModulesAsync(CancellationToken cancellationToken)
    {
        var top = PackageRoots.Of(root);
        var tracked = await InRepositoryAsync(top, Everything, cancellationToken);
        IEnumerable<string> walked = (tracked is null ? [top] : Array.Empty<string>()).Concat(Interpreters.FoldersBesides().Where(folder => SourceTree.Inside(top, folder) == folder));
        var others = walked.SelectMany(folder => Walk(folder, Unowned.Installed)).Take(FilesAroundMax + 1).ToList();
        if (others.Count > FilesAroundMax) return null;
        return new SourceTree(root, [.. Unowned.WithoutMade([.. tracked ?? [], .. others]).Where(PythonModule.Is).Distinct(StringComparer.Ordinal)
            .Select(file => new SourceFile(SourceTree.Inside(root, file), file, Languages.Python)).OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    // What is no UTF-8 stands here as U+FFFD, and under that name nothing is there.
    private static bool IsNoText(string full) => full.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(full);

    private static string? Language(string full, bool named)
    {
        try
        {
            var info = new FileInfo(full);
            if (!named && info.LinkTarget is not null) return null;
            var head = RegularFile.Read(full, Unowned.HeadBytes);
            var language = LanguageOf.Name(full) ?? (info.Length > FileText.BytesMax ? null : LanguageOf.Content(head));
            return language is null || (!named && Unowned.Content(Encoding.UTF8.GetString(head))) ? null : language;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // A file that goes away meanwhile, a socket: nothing to inspect. One that may not be read is named by the tools.
            return File.Exists(full) ? LanguageOf.Name(full) : null;
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken) =>
        await InRepositoryAsync(folder, NotIgnored, cancellationToken) ?? await OutsideAsync(folder, cancellationToken) ?? [.. Walk(folder, Unowned.Folder)];

    /// <summary>The files that git tells of in a folder of a repository; null in one of none, and without git.</summary>
    private async Task<IReadOnlyList<string>?> InRepositoryAsync(string folder, IReadOnlyList<string> which, CancellationToken cancellationToken, params IReadOnlyList<string> repository)
    {
        var listed = await RunAsync(folder, [.. repository, "ls-files", "--cached", "--others", .. which, "-z"], cancellationToken);
        if (!listed.Succeeded) return null;
        // Git lists a repository inside of another as one name.
        var found = new List<string>();
        foreach (var name in listed.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal))
        {
            var full = Path.Combine(folder, name.TrimEnd('/'));
            if (Directory.Exists(full) && new DirectoryInfo(full).LinkTarget is null) found.AddRange(await InRepositoryAsync(full, which, cancellationToken) ?? [.. Walk(full, Unowned.Folder)]);
            else if (File.Exists(full) || IsNoText(full)) found.Add(full);
        }
        return found;
    }

    /// <summary>What git would not ignore if the folder were a new repository; null without git.</summary>
    private async Task<IReadOnlyList<string>?> OutsideAsync(string folder, CancellationToken cancellationToken)
    {
        var empty = Directory.CreateTempSubdirectory("flotilla-inspect-").FullName;
        try
        {
            if (!(await RunAsync(folder, ["init", "-q", "--bare", "--template=", empty], cancellationToken)).Succeeded) return null;
            return await InRepositoryAsync(folder, NotIgnored, cancellationToken, [$"--git-dir={empty}", $"--work-tree={folder}"]);
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    private Task<CommandResult> RunAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => Git.RunAsync(machine, folder, arguments, cancellationToken);

    private static IEnumerable<string> Walk(string folder, Func<string, bool> leavesOut)
    {
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out var at))
        {
            foreach (var file in Directory.EnumerateFiles(at, "*", Readable)) yield return file;
            foreach (var below in Directory.EnumerateDirectories(at, "*", Readable))
                if (!leavesOut(Path.GetFileName(below)) && new DirectoryInfo(below).LinkTarget is null) waiting.Push(below);
        }
    }
}
