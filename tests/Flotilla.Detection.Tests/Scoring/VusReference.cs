using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

/// <summary>VUS-PR by its definition: for each buffer and threshold every row is looked at.</summary>
internal static class VusReference
{
    public static double Of(IReadOnlyList<double> scores, IReadOnlyList<LabelWindow> windows, int buffer) =>
        Enumerable.Range(0, buffer + 1).Average(width => Area(scores, windows, width));

    private static double Area(IReadOnlyList<double> scores, IReadOnlyList<LabelWindow> windows, int width)
    {
        var n = scores.Count;
        var label = new double[n];
        foreach (var window in windows)
            for (var row = window.First; row <= window.Last; row++) label[row] = 1;
        var inside = label.Select(each => each == 1).ToArray();
        var anomalies = Segments(inside, 0);
        foreach (var (first, last) in anomalies)
        {
            for (var row = 0; row < n; row++)
            {
                var distance = Math.Max(first - row, row - last);
                if (distance > 0 && distance <= width / 2) label[row] += Math.Sqrt(1 - (double)distance / width);
            }
        }
        for (var row = 0; row < n; row++) label[row] = Math.Min(1, label[row]);
        var buffered = Segments(inside, width / 2);

        var descending = scores.OrderDescending().ToArray();
        var (area, before) = (0.0, 0.0);
        for (var k = 0; k < 250; k++)
        {
            var position = k == 249 ? n - 1 : (int)Math.Floor(k * ((n - 1) / 249.0));
            var threshold = descending[position];
            bool[] predicted = [.. scores.Select(score => score >= threshold)];
            var truePositives = Enumerable.Range(0, n).Where(row => predicted[row]).Sum(row => label[row]);
            var beside = Enumerable.Range(0, n).Where(row => predicted[row] && !inside[row]).Sum(row => label[row]);
            var positives = (2 * inside.Count(each => each) + beside) / 2;
            var hit = buffered.Count(segment => Enumerable.Range(segment.First, segment.Last - segment.First + 1).Any(row => predicted[row]));
            var recall = Math.Min(truePositives / positives, 1) * hit / buffered.Count;
            area += (recall - before) * truePositives / predicted.Count(each => each);
            before = recall;
        }
        return area;
    }

    // Runs of labelled rows, made longer at both ends; those that share a row are one.
    private static List<(int First, int Last)> Segments(bool[] inside, int reach)
    {
        var segments = new List<(int First, int Last)>();
        for (var row = 0; row < inside.Length; row++)
        {
            if (!inside[row]) continue;
            var end = row;
            while (end + 1 < inside.Length && inside[end + 1]) end++;
            var first = Math.Max(row - reach, 0);
            var last = Math.Min(end + reach, inside.Length - 1);
            // The ends of the series cut, but not before it is seen whether two buffers meet.
            if (segments.Count > 0 && row - reach <= segments[^1].Last) segments[^1] = (segments[^1].First, last);
            else segments.Add((first, last));
            row = end;
        }
        return segments;
    }
}
