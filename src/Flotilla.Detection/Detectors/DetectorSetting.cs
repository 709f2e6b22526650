using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>One setting of a detector: a number, with the values that a sweep tries.</summary>
/// <param name="Name">In snake case: <c>half_life</c>.</param>
/// <param name="Value">What it is set to.</param>
/// <param name="Candidates">What a sweep tries; empty when it should leave the setting alone.</param>
/// <param name="Min">The least value allowed.</param>
/// <param name="Max">The largest value allowed; infinite for none.</param>
/// <param name="Whole">Whether only whole numbers make sense.</param>
public sealed record DetectorSetting(
    string Name, double Value, IReadOnlyList<double> Candidates, double Min = double.Epsilon, double Max = double.PositiveInfinity, bool Whole = false)
{
    internal void Check(string detector)
    {
        if (Value >= Min && Value <= Max && (!Whole || Value == Math.Floor(Value))) return;
        var kind = Whole ? "a whole number" : "a number";
        var range = (Min, Max) switch
        {
            (double.Epsilon, double.PositiveInfinity) => "over 0",
            (_, double.PositiveInfinity) => $"of {Min} or more",
            (double.Epsilon, _) => $"over 0 and at most {Max}",
            _ => $"from {Min} to {Max}",
        };
        throw new ProblemException(new Problem($"The setting {Name} of the detector {detector} cannot be {Value}.", Fix: $"Give {kind} {range}."));
    }
}
