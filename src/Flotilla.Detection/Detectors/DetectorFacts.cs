namespace Flotilla.Detection;

/// <summary>What a user wants to know of a detector before choosing it.</summary>
/// <param name="Summary">What it finds, in one sentence.</param>
/// <param name="Source">Where the algorithm comes from: authors, title, year.</param>
/// <param name="Cost">The cost of one point: <c>O(1)</c>, <c>O(log n)</c>, …, with what the letters mean.</param>
/// <param name="Memory">The state of one series: <c>O(1)</c>, <c>O(window)</c>, …</param>
/// <param name="FirstJudged">The first point that it judges with its usual settings, counted from 1; those before are its warm-up.</param>
public sealed record DetectorFacts(string Summary, string Source, string Cost, string Memory, int FirstJudged = 10);
