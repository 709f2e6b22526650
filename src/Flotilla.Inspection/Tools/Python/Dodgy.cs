using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Secrets and leftovers of merges in any text, by the module dodgy.</summary>
internal sealed class Dodgy : PythonModuleTool
{
    public override string Name => "dodgy";

    public override string Description => "secrets and merge leftovers";

    public override string Install => "apt install dodgy, or pip install dodgy";

    public override bool Takes(SourceFile file) => true;

    protected override Finding? Finding(string code, string message, FindingLocation location) =>
        new(Name, code, message, location with { Module = null }) { Severity = code == "unreadable" ? Severity.Error : Severity.Warning };
}
