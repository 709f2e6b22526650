using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Docstrings by PEP 257, by pydocstyle. Off unless documentation warnings are asked for.</summary>
internal sealed partial class Pydocstyle : ProgramTool
{
    public override string Name => "pydocstyle";

    public override string Description => "docstrings by PEP 257";

    public override bool RunsByDefault => false;

    public override string Install => "apt install pydocstyle, or pip install pydocstyle";

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    protected override IReadOnlyList<string> Arguments(ToolRun run) =>
        ["--config=/dev/null", $"--ignore={string.Join(',', run.Settings.Disable.Where(code => code.StartsWith('D')).DefaultIfEmpty("D000"))}", "--match=.*"];

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        var lines = result.Output.Split('\n');
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            if (paths.Split(lines[i]) is not var (path, line, place) || Code().Match(lines[i + 1]) is not { Success: true } code)
                throw new FormatException($"\"{lines[i]}\" is not a place followed by a code.");
            yield return new Finding(Name, code.Groups["code"].Value, code.Groups["text"].Value, new FindingLocation(path, line)
            {
                Module = PythonModule.Name(path),
                Function = Member().Match(place) is { Success: true } member ? member.Groups["name"].Value : null,
            })
            { Severity = Severity.Note };
        }
    }

    protected override string? Failed(CommandResult result) => result.ExitCode <= 1 ? null : result.Error;

    [GeneratedRegex(@"^\s+(?<code>D\d+): (?<text>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();

    [GeneratedRegex("(?:method|function|class) `(?<name>.+)`:$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Member();
}
