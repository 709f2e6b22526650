using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>The style guide PEP 8, by the module pycodestyle, and its naming rules where pep8-naming is installed.</summary>
internal sealed partial class Pycodestyle : PythonModuleTool
{
    private static readonly string[] ConfigurationFiles = ["setup.cfg", "tox.ini"];

    public override string Name => "pycodestyle";

    public override string Description => "layout and naming by PEP 8";

    public override string Install => "apt install pycodestyle python3-pep8-naming, or pip install pycodestyle pep8-naming";

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.ExternalConfiguration ? [.. ConfigurationFiles.Select(name => Path.Combine(tree.Root, name))] : [];

    protected override IReadOnlyList<string> DriverArguments(ToolRun run)
    {
        // A section of its own in the project replaces the profile for this tool, as in Prospector.
        var own = run.Settings.ExternalConfiguration
            ? ConfigurationFiles.Select(name => Path.Combine(run.Tree.Root, name)).FirstOrDefault(path => OwnConfiguration.HasSection(path, "pycodestyle") || OwnConfiguration.HasSection(path, "pep8")) : null;
        if (own is not null) return [JsonSerializer.Serialize(new SortedDictionary<string, string>(StringComparer.Ordinal) { ["config_file"] = own })];
        var line = OptionText.Number(run.Settings, "max-line-length") ?? 79;
        var ignore = string.Join(',', run.Settings.Disable.Select(code => $"\"{code}\""));
        return [$$"""{"config_file": "/dev/null", "max_line_length": {{line}}, "ignore": [{{ignore}}], "select": []}"""];
    }

    // A file that does not parse is told of twice: by its parser, and by its tokenizer at the end of the file.
    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        var broken = new HashSet<string>(StringComparer.Ordinal);
        return base.Parse(result, paths).Where(finding => finding.Code != "E901" || broken.Add(finding.Location.Path));
    }

    protected override Finding? Finding(string code, string message, FindingLocation location) =>
        new(Name, code, message, location) { Severity = code.StartsWith("E9", StringComparison.Ordinal) ? Severity.Error : Severity.Note };
}
