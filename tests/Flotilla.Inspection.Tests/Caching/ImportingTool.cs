using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Tests.Caching;

/// <summary>A tool that says of each module what pylint's findings depend on: the modules it imports, as Python would find them, and their contents.</summary>
internal sealed partial class ImportingTool : ITool
{
    public string Name => "importing";

    public string Description => "what is imported";

    public bool RunsByDefault => true;

    public string Install => "";

    public ToolScope Scope => ToolScope.Imports;

    public bool Takes(SourceFile file) => file.Language == Languages.Python;

    public Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken) => Task.FromResult<string?>("1");

    public IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) => [];

    public Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken)
    {
        var roots = run.Tree.Of(Languages.Python).Select(file => Root(file.FullPath)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return Task.FromResult(new ToolOutcome([.. run.Files.Select(file => new Finding(Name, "imports", string.Join(", ", Imported(file.FullPath, roots).Select(path => $"{Path.GetRelativePath(run.Tree.Root, path)} {Hash(path)}")), new FindingLocation(file.Path, 1)))]));
    }

    private static SortedSet<string> Imported(string path, List<string> roots)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal) { path };
        var waiting = new Stack<string>([path]);
        while (waiting.TryPop(out var at))
        {
            var package = Path.Combine(Path.GetDirectoryName(at)!, "__init__.py");
            if (File.Exists(package) && reached.Add(package)) waiting.Push(package);
            foreach (Match import in Import().Matches(File.ReadAllText(at)))
            {
                var folders = import.Groups["from"].Value == "." ? [Path.GetDirectoryName(at)!] : import.Groups["from"].Value is { Length: > 0 } from ? roots.Select(root => Path.Combine(root, from)).Append(Path.GetDirectoryName(path)!).ToList() : roots;
                foreach (var name in import.Groups["names"].Value.Split(','))
                    if (folders.Select(folder => Path.Combine(folder, name.Trim() + ".py")).FirstOrDefault(File.Exists) is { } found && reached.Add(found)) waiting.Push(found);
            }
        }
        return reached;
    }

    private static string Root(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (File.Exists(Path.Combine(folder, "__init__.py"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))[..8];

    [GeneratedRegex(@"(?:from (?<from>\S+) )?\bimport (?<names>[\w, ]+)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Import();
}
