namespace Flotilla.Inspection.Tools.Python;

/// <summary>Unused and undefined names, by the module pyflakes; its messages have flake8's codes (flake8.pycqa.org, "Error / Violation Codes").</summary>
internal sealed class Pyflakes : PythonModuleTool
{
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["UnusedImport"] = "F401", ["ImportShadowedByLoopVar"] = "F402", ["ImportStarUsed"] = "F403", ["LateFutureImport"] = "F404",
        ["ImportStarUsage"] = "F405", ["ImportStarNotPermitted"] = "F406", ["FutureFeatureNotDefined"] = "F407",
        ["PercentFormatInvalidFormat"] = "F501", ["PercentFormatExpectedMapping"] = "F502", ["PercentFormatExpectedSequence"] = "F503",
        ["PercentFormatExtraNamedArguments"] = "F504", ["PercentFormatMissingArgument"] = "F505", ["PercentFormatMixedPositionalAndNamed"] = "F506",
        ["PercentFormatPositionalCountMismatch"] = "F507", ["PercentFormatStarRequiresSequence"] = "F508", ["PercentFormatUnsupportedFormatCharacter"] = "F509",
        ["StringDotFormatInvalidFormat"] = "F521", ["StringDotFormatExtraNamedArguments"] = "F522", ["StringDotFormatExtraPositionalArguments"] = "F523",
        ["StringDotFormatMissingArgument"] = "F524", ["StringDotFormatMixingAutomatic"] = "F525",
        ["FStringMissingPlaceholders"] = "F541", ["TStringMissingPlaceholders"] = "F542",
        ["MultiValueRepeatedKeyLiteral"] = "F601", ["MultiValueRepeatedKeyVariable"] = "F602",
        ["TooManyExpressionsInStarredAssignment"] = "F621", ["TwoStarredExpressions"] = "F622",
        ["AssertTuple"] = "F631", ["IsLiteral"] = "F632", ["InvalidPrintSyntax"] = "F633", ["IfTuple"] = "F634",
        ["BreakOutsideLoop"] = "F701", ["ContinueOutsideLoop"] = "F702", ["ContinueInFinally"] = "F703", ["YieldOutsideFunction"] = "F704",
        ["ReturnOutsideFunction"] = "F706", ["DefaultExceptNotLast"] = "F707",
        ["DoctestSyntaxError"] = "F721", ["ForwardAnnotationSyntaxError"] = "F722", ["CommentAnnotationSyntaxError"] = "F723",
        ["RedefinedInListComp"] = "F812", ["RedefinedWhileUnused"] = "F811", ["UndefinedName"] = "F821", ["UndefinedExport"] = "F822",
        ["UndefinedLocal"] = "F823", ["UnusedIndirectAssignment"] = "F824", ["DuplicateArgument"] = "F831",
        ["UnusedVariable"] = "F841", ["UnusedAnnotation"] = "F842", ["RaiseNotImplemented"] = "F901",
    };

    // These fail when the line runs.
    private static readonly HashSet<string> Errors = ["F999", "F821", "F822", "F823", "F831", "F701", "F702", "F704", "F706", "F707", "F404", "F407", "F622"];

    public override string Name => "pyflakes";

    public override string Description => "unused and undefined names";

    public override string Install => "apt install pyflakes3, or pip install pyflakes";

    protected override Finding? Finding(string code, string message, FindingLocation location)
    {
        var known = Codes.GetValueOrDefault(code, "F999");
        return new Finding(Name, known, message, location) { Severity = Errors.Contains(known) ? Severity.Error : Severity.Warning };
    }
}
