namespace Flotilla.Resources;

/// <summary>Lines <see cref="OldStart"/> to <see cref="OldEnd"/> (exclusive, counted from 0) become the new ones.</summary>
internal readonly record struct LineChange(int OldStart, int OldEnd, int NewStart, int NewEnd);

/// <summary>E. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), section 4, the greedy form.</summary>
internal static class MyersDiff
{
    /// <summary>Beyond this many deletions and insertions the middle counts as replaced; memory is up to its square in integers.</summary>
    public const int EditsMax = 2000;

    /// <summary>The changes in order; no two of them touch.</summary>
    public static IReadOnlyList<LineChange> Between(IReadOnlyList<string> old, IReadOnlyList<string> @new)
    {
        var shortest = Math.Min(old.Count, @new.Count);
        var head = 0;
        while (head < shortest && old[head] == @new[head]) head++;
        var tail = 0;
        while (tail < shortest - head && old[^(tail + 1)] == @new[^(tail + 1)]) tail++;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var a = Numbers(old, head, old.Count - tail, numbers);
        var b = Numbers(@new, head, @new.Count - tail, numbers);
        if (a.Length == 0 && b.Length == 0) return [];
        var moves = a.Length == 0 || b.Length == 0 ? null : Trace(a, b);
        return moves is null
            ? [new LineChange(head, head + a.Length, head, head + b.Length)]
            : Changes(moves, a.Length, b.Length, head);
    }

    private static int[] Numbers(IReadOnlyList<string> lines, int start, int end, Dictionary<string, int> numbers)
    {
        var result = new int[end - start];
        for (var i = start; i < end; i++)
        {
            if (!numbers.TryGetValue(lines[i], out var number)) numbers.Add(lines[i], number = numbers.Count);
            result[i - start] = number;
        }
        return result;
    }

    // For each number of edits d, how far in a one gets on diagonal k = x - y, kept at index k + d; null beyond the bound.
    private static List<int[]>? Trace(int[] a, int[] b)
    {
        var trace = new List<int[]>();
        for (var d = 0; d <= Math.Min(EditsMax, a.Length + b.Length); d++)
        {
            var reach = new int[2 * d + 1];
            trace.Add(reach);
            for (var k = -d; k <= d; k += 2)
            {
                var x = d == 0 ? 0 : Step(trace[d - 1], d, k).X;
                while (x < a.Length && x - k < b.Length && x - k >= 0 && a[x] == b[x - k]) x++;
                reach[k + d] = x;
                if (x >= a.Length && x - k >= b.Length) return trace;
            }
        }
        return null;
    }

    // Where the d-th edit leads on diagonal k: down (a line of b comes) from k + 1, or right (a line of a goes) from k - 1.
    private static (int X, bool IsDown) Step(int[] previous, int d, int k)
    {
        int At(int diagonal) => previous[diagonal + d - 1];
        var isDown = k == -d || (k != d && At(k - 1) < At(k + 1));
        return isDown ? (At(k + 1), true) : (At(k - 1) + 1, false);
    }

    private static List<LineChange> Changes(List<int[]> trace, int aLength, int bLength, int head)
    {
        var changes = new List<LineChange>();
        var k = aLength - bLength;
        for (var d = trace.Count - 1; d > 0; d--)
        {
            var (x, isDown) = Step(trace[d - 1], d, k);
            var y = x - k;
            var edit = isDown
                ? new LineChange(head + x, head + x, head + y - 1, head + y)
                : new LineChange(head + x - 1, head + x, head + y, head + y);
            if (changes.Count > 0 && changes[^1].OldStart == edit.OldEnd && changes[^1].NewStart == edit.NewEnd)
                changes[^1] = changes[^1] with { OldStart = edit.OldStart, NewStart = edit.NewStart };
            else
                changes.Add(edit);
            k += isDown ? 1 : -1;
        }
        changes.Reverse();
        return changes;
    }
}
