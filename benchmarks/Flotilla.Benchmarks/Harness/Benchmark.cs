namespace Flotilla.Benchmarks.Harness;

/// <summary>One thing that is measured as a whole: processes, percentiles, memory.</summary>
internal abstract class Benchmark
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What is measured, in a sentence.</summary>
    public abstract string What { get; }

    /// <summary>Measures, and tells the report every number.</summary>
    public abstract Task RunAsync(Report report, int runs);
}
