namespace Flotilla.Detection;

internal static class Seasonality
{
    /// <summary>
    /// The season as the median of each slot, less the median of them all; a slot without a value has 0. Medians, so that the
    /// outliers that are sought do not hide in it.
    /// </summary>
    public static double[] Medians(IReadOnlyList<(int Slot, double Value)> points, int season)
    {
        var slots = new List<double>[season];
        for (var slot = 0; slot < season; slot++) slots[slot] = [];
        foreach (var (slot, value) in points) slots[slot].Add(value);
        var medians = Array.ConvertAll(slots, values => values.Count == 0 ? double.NaN : SortedRun.Median(values.Order().ToArray()));
        var middle = SortedRun.Median(medians.Where(double.IsFinite).Order().ToArray());
        return Array.ConvertAll(medians, median => double.IsNaN(median) ? 0 : median - middle);
    }

    /// <summary>
    /// How much larger the next distances from the season are than those of the values it was taken from: √((c + 1)/(c − 1)) for a
    /// mean of c values a slot, of which one is the value itself.
    /// </summary>
    public static double Unseen(int count, int season)
    {
        var each = Math.Max(2, (double)count / season);
        return Math.Sqrt((each + 1) / (each - 1));
    }
}
