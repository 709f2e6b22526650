namespace Flotilla.Inspection.CSharp.Frameworks;

/// <summary>Something that analysers falsely report in code of a framework.</summary>
/// <param name="Framework">The framework, as in <see cref="KnownFrameworks"/>.</param>
/// <param name="Codes">What is reported.</param>
/// <param name="Holds">Whether a place is one of those where the report is false.</param>
/// <param name="Reason">Why it is, as a sentence.</param>
internal sealed record FrameworkRule(string Framework, IReadOnlyList<string> Codes, Func<CodePlace, bool> Holds, string Reason);
