namespace Flotilla.Inspection.Reports;

/// <summary>Colours of a terminal (ECMA-48, 8.3.117, "select graphic rendition"), or none.</summary>
internal readonly record struct Paint(bool On)
{
    public string Bold(string text) => Sgr("1", text);

    public string Faint(string text) => Sgr("2", text);

    public string Severity(Severity severity, string text) => Sgr(severity switch
    {
        Inspection.Severity.Error => "31",
        Inspection.Severity.Warning => "33",
        _ => "36",
    }, text);

    private string Sgr(string code, string text) => On ? $"\e[{code}m{text}\e[0m" : text;
}
