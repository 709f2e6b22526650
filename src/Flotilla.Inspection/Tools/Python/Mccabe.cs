using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Cyclomatic complexity of functions, by the module mccabe.</summary>
internal sealed class Mccabe : PythonModuleTool
{
    public override string Name => "mccabe";

    public override string Description => "functions that are too complex";

    public override string Install => "apt install python3-mccabe, or pip install mccabe";

    protected override IReadOnlyList<string> DriverArguments(ToolRun run) =>
        [(OptionText.Number(run.Settings, "max-complexity") ?? 10).ToString(System.Globalization.CultureInfo.InvariantCulture)];

    protected override Finding? Finding(string code, string message, FindingLocation location) =>
        new(Name, code, message, location) { Severity = code == "MC0000" ? Severity.Error : Severity.Note };
}
