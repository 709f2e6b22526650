using System.Text.RegularExpressions;
using Flotilla.Core;

namespace Flotilla.Inspection.Tools.Described;

/// <summary>An analyser told of in a file, so that a program becomes a tool without code. Who loads one runs the program that it names.</summary>
/// <remarks>
/// The file is YAML. A program that is started with files and prints a line a finding needs no more than <c>name</c>, <c>files</c> and <c>pattern</c>:
/// <code>
/// name: codespell                       # what profiles and --tool call it
/// description: misspelt words           # a phrase of a few words
/// program: codespell                    # a name in PATH, or a path from the root; a list for several names of one program. By default the name
/// arguments: [--quiet-level=3]          # before the files
/// version: [--version]                  # arguments that make it print its version
/// install: apt install codespell        # what to do to have it
/// files: ["*.md", "docs/**"]            # by name, or by path where there is a slash; or
/// languages: [python, yaml]             # python, csharp, shell, yaml, dockerfile, text
/// scope: file                           # project, when what it says of a file depends on others
/// pass-files: true                      # false for a program that finds its files itself
/// reads: [.codespellrc]                 # files that change what it says
/// pattern: '^(?&lt;path&gt;.+?):(?&lt;line&gt;\d+): (?&lt;message&gt;.+)$'
/// code: misspelling                     # where the pattern has no group code
/// severity: note                        # error, warning or note where the program says none
/// severities: {E: error, W: warning}    # the program's words for them
/// failed: [2]                           # exit codes by which it says that it could not work
/// default: false                        # whether it runs when no profile asks for it
/// </code>
/// Groups of a pattern are <c>path</c>, <c>line</c>, <c>column</c>, <c>end-line</c> and <c>end-column</c> (written <c>endline</c>, <c>endcolumn</c>), <c>code</c>,
/// <c>message</c>, <c>severity</c>. In place of a pattern, <c>format: sarif</c>, or <c>format: json</c> with <c>findings</c>, a pointer (RFC 6901) to the list, and
/// <c>fields</c>, pointers from an element of it to what a pattern's groups would be.
/// </remarks>
public sealed record ToolDescription
{
    /// <summary>What profiles and <c>--tool</c> call it.</summary>
    public required string Name { get; init; }

    /// <summary>The file that it was read from, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>What it looks for.</summary>
    public string Description { get; init; } = "";

    /// <summary>The names that the program is installed under, or absolute paths, the usual one first.</summary>
    public required IReadOnlyList<string> Programs { get; init; }

    /// <summary>Arguments before the files.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Arguments that make it print its version.</summary>
    public IReadOnlyList<string> VersionArguments { get; init; } = ["--version"];

    /// <summary>What to do to have it.</summary>
    public string Install { get; init; } = "";

    /// <summary>Patterns of the files that it takes.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Languages of the files that it takes.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>How far one file's findings depend on others.</summary>
    public ToolScope Scope { get; init; }

    /// <summary>Whether the files are given as arguments.</summary>
    public bool PassFiles { get; init; } = true;

    /// <summary>Files relative to the root that change what it says.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>What it prints.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>Matches a line that is a finding; null for other formats.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>In JSON, the pointer to the list of findings.</summary>
    public string Findings { get; init; } = "";

    /// <summary>In JSON, pointers from an element of the list, by the names of a pattern's groups.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The code of a finding where the program names none.</summary>
    public string Code { get; init; } = "finding";

    /// <summary>The severity of a finding where the program names none.</summary>
    public Severity Severity { get; init; } = Severity.Warning;

    /// <summary>The program's words for severities.</summary>
    public IReadOnlyDictionary<string, Severity> Severities { get; init; } = new SortedDictionary<string, Severity>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Exit codes by which it says that it could not work.</summary>
    public IReadOnlyList<int> Failed { get; init; } = [];

    /// <summary>Whether it runs unless a profile says otherwise.</summary>
    public bool RunsByDefault { get; init; }

    /// <summary>Where a project's descriptions are, from its root: each <c>*.yaml</c> in it is one.</summary>
    public const string Folder = ".flotilla/tools";

    /// <summary>Reads a description.</summary>
    /// <param name="path">The file.</param>
    /// <param name="root">The folder that a program with a slash in its name is looked for from; null for the file's own.</param>
    /// <exception cref="ProblemException">It is no description; each mistake is named with its line and column.</exception>
    public static ToolDescription Load(string path, string? root = null) => new DescriptionReader(path, root).Read();

    /// <summary>Reads a project's descriptions, sorted by name.</summary>
    /// <exception cref="ProblemException">One is none, or two have one name.</exception>
    public static IReadOnlyList<ToolDescription> LoadAll(string root)
    {
        var folder = System.IO.Path.Combine(root, Folder);
        if (!Directory.Exists(folder)) return [];
        var (descriptions, problems) = (new SortedDictionary<string, ToolDescription>(StringComparer.Ordinal), new List<Problem>());
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            try
            {
                var description = Load(path, root);
                if (!descriptions.TryAdd(description.Name, description))
                    problems.Add(new Problem($"There are two tools \"{description.Name}\".", new SourceLocation(path, 0) { Shown = System.IO.Path.GetRelativePath(root, path) }, $"{System.IO.Path.GetFileName(descriptions[description.Name].Path)} describes one too.", "Give one of them another name."));
            }
            catch (ProblemException broken)
            {
                problems.AddRange(broken.Problems);
            }
        }
        return problems.Count > 0 ? throw new ProblemException(problems) : [.. descriptions.Values];
    }

    /// <summary>The tool that is described.</summary>
    public ITool ToTool() => new DescribedTool(this);
}

/// <summary>What a described tool prints.</summary>
public enum OutputFormat
{
    /// <summary>Lines, of which a pattern matches those that are findings.</summary>
    Lines,

    /// <summary>JSON with a list of findings.</summary>
    Json,

    /// <summary>SARIF 2.1.0.</summary>
    Sarif,
}
