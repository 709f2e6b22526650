namespace Flotilla.Inspection.CSharp;

/// <summary>Which of the well-known analysers a code belongs to.</summary>
internal static class FindingOrigin
{
    /// <summary>Our own measures.</summary>
    public const string Complexity = "complexity";

    /// <summary>The compiler.</summary>
    public const string Compiler = "compiler";

    /// <summary>The tool's name for a code.</summary>
    /// <param name="code">Such as <c>CA1822</c>.</param>
    /// <param name="assembly">The simple name of the assembly that reports it; null for the compiler.</param>
    public static string Of(string code, string? assembly)
    {
        var letters = code.AsSpan(0, code.AsSpan().IndexOfAnyExceptInRange('A', 'Z') is var end and >= 0 ? end : code.Length);
        var digits = code.Length > letters.Length && !code.AsSpan(letters.Length).ContainsAnyExceptInRange('0', '9');
        if (assembly is null) return Compiler;
        return letters switch
        {
            "IDE" when digits => "codestyle",
            "CA" when digits => "netanalyzers",
            "RCS" when digits => "roslynator",
            "S" when digits && assembly.Contains("Sonar", StringComparison.OrdinalIgnoreCase) => "sonar",
            "MA" when digits => "meziantou",
            "SA" or "SX" when digits => "stylecop",
            "CS" when digits => Compiler,
            _ => assembly.ToLowerInvariant(),
        };
    }
}
