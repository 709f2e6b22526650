namespace Flotilla.Detection;

/// <summary>How sums over a stretch of points are made of those over its parts. Joining is associative.</summary>
internal interface ISums<T> where T : struct
{
    /// <summary>The sums with one more point behind.</summary>
    T Append(in T before, double seconds, double value);

    /// <summary>The sums over two stretches, the second directly behind the first.</summary>
    T Join(in T before, in T after);
}

/// <summary>Number, means, and sums of squares and products of the deviations from the means, of seconds and values.</summary>
internal record struct LineSums(long Count, double MeanTime, double MeanValue, double TimeSquares, double Products, double ValueSquares)
{
    /// <summary>Standard deviation of the values with divisor n − 1.</summary>
    public readonly double SampleDeviation => Math.Sqrt(ValueSquares / (Count - 1));

    /// <summary>Standard deviation of the values with divisor n.</summary>
    public readonly double Deviation => Math.Sqrt(ValueSquares / Count);
}

/// <summary>
/// Adds to <see cref="LineSums"/> after B. P. Welford, Technometrics 4(3), 1962; joins them after T. F. Chan, G. H. Golub and
/// R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
/// </summary>
internal readonly struct LineSummation : ISums<LineSums>
{
    public LineSums Append(in LineSums before, double seconds, double value)
    {
        var count = before.Count + 1;
        var time = seconds - before.MeanTime;
        var difference = value - before.MeanValue;
        var meanTime = before.MeanTime + time / count;
        var meanValue = before.MeanValue + difference / count;
        return new(count, meanTime, meanValue, before.TimeSquares + time * (seconds - meanTime),
            before.Products + time * (value - meanValue), before.ValueSquares + difference * (value - meanValue));
    }

    public LineSums Join(in LineSums before, in LineSums after)
    {
        if (before.Count == 0) return after;
        if (after.Count == 0) return before;
        var count = before.Count + after.Count;
        var time = after.MeanTime - before.MeanTime;
        var difference = after.MeanValue - before.MeanValue;
        var share = (double)after.Count / count;
        var weight = before.Count * share;
        return new(count, before.MeanTime + time * share, before.MeanValue + difference * share,
            before.TimeSquares + after.TimeSquares + time * time * weight,
            before.Products + after.Products + time * difference * weight,
            before.ValueSquares + after.ValueSquares + difference * difference * weight);
    }
}

/// <summary>
/// Exponentially weighted: the sum of the weights, of their squares, the mean, the weighted squares of the deviations, and
/// by how much the weights of what came before are multiplied.
/// </summary>
internal record struct DecayedSums(double Weight, double SquaredWeight, double Mean, double Squares, double Decay)
{
    /// <summary>Standard deviation, freed of bias: σ² = Q/(W − W₂/W).</summary>
    public readonly double Deviation => Math.Sqrt(Squares / (Weight - SquaredWeight / Weight));
}

/// <summary>Welford's algorithm for weights: D. H. D. West, "Updating mean and variance estimates", CACM 22(9), 1979.</summary>
internal readonly struct DecayedSummation(double decay) : ISums<DecayedSums>
{
    public DecayedSums Append(in DecayedSums before, double seconds, double value)
    {
        var weight = decay * before.Weight + 1;
        var difference = value - before.Mean;
        var mean = before.Mean + difference / weight;
        return new(weight, decay * decay * before.SquaredWeight + 1, mean,
            decay * before.Squares + difference * (value - mean), before.Weight == 0 ? decay : decay * before.Decay);
    }

    public DecayedSums Join(in DecayedSums before, in DecayedSums after)
    {
        if (before.Weight == 0) return after;
        if (after.Weight == 0) return before;
        var old = after.Decay * before.Weight;
        var weight = old + after.Weight;
        var difference = after.Mean - before.Mean;
        var share = after.Weight / weight;
        return new(weight, after.Decay * after.Decay * before.SquaredWeight + after.SquaredWeight, before.Mean + difference * share,
            after.Decay * before.Squares + after.Squares + difference * difference * old * share, after.Decay * before.Decay);
    }
}
