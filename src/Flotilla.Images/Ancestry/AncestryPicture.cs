using System.Text;
using Flotilla.Images.Graph;

namespace Flotilla.Images.Ancestry;

/// <summary>Draws versions in lanes: each lane leads down to the version that it waits for.</summary>
internal static class AncestryPicture
{
    // Which sides of a cell have a line, and the character for it (Unicode block "Box Drawing").
    [Flags]
    private enum Side { None = 0, Up = 1, Down = 2, Left = 4, Right = 8 }

    private const string Shapes = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼";

    public static List<string> Draw(IReadOnlyList<GraphImage> versions, Func<GraphImage, string> text)
    {
        var lanes = new List<ObjectId?>();
        var lines = new List<string>();
        foreach (var image in versions)
        {
            var mine = lanes.IndexOf(image.Commit);
            if (mine < 0) lanes[mine = Free(lanes)] = image.Commit;
            Join(lanes, mine, lines);
            Trim(lanes);
            lines.Add(Row(lanes, mine) + " " + text(image));
            var parents = image.Parents.Distinct().ToList();
            lanes[mine] = parents.Count > 0 ? parents[0] : null;
            Fork(lanes, mine, [.. parents.Skip(1)], lines);
            Trim(lanes);
        }
        return lines;
    }

    // Lanes that wait for the same version end in the leftmost one.
    private static void Join(List<ObjectId?> lanes, int mine, List<string> lines)
    {
        var sides = Through(lanes);
        var joined = false;
        for (var lane = lanes.Count - 1; lane > mine; lane--)
        {
            if (lanes[lane] != lanes[mine]) continue;
            joined = true;
            Connect(sides, mine, lane);
            sides[lane] &= ~Side.Down;
            lanes[lane] = null;
        }
        if (joined) lines.Add(Text(sides));
    }

    // What a version was built from, beside the version before it, gets a lane, or joins the one that waits for it.
    private static void Fork(List<ObjectId?> lanes, int mine, List<ObjectId> others, List<string> lines)
    {
        if (others.Count == 0) return;
        var above = lanes.ToList();
        var targets = new List<int>();
        foreach (var other in others)
        {
            var lane = lanes.IndexOf(other);
            if (lane < 0) lanes[lane = Free(lanes)] = other;
            targets.Add(lane);
        }
        while (above.Count < lanes.Count) above.Add(null);
        var sides = Through(above);
        foreach (var lane in targets)
        {
            Connect(sides, Math.Min(mine, lane), Math.Max(mine, lane));
            sides[lane] |= Side.Down;
        }
        lines.Add(Text(sides));
    }

    private static void Trim(List<ObjectId?> lanes)
    {
        while (lanes.Count > 0 && lanes[^1] is null) lanes.RemoveAt(lanes.Count - 1);
    }

    private static int Free(List<ObjectId?> lanes)
    {
        var lane = lanes.IndexOf(null);
        if (lane >= 0) return lane;
        lanes.Add(null);
        return lanes.Count - 1;
    }

    private static List<Side> Through(List<ObjectId?> lanes) => [.. lanes.Select(lane => lane is null ? Side.None : Side.Up | Side.Down)];

    private static void Connect(List<Side> sides, int left, int right)
    {
        sides[left] |= Side.Right;
        sides[right] |= Side.Left;
        for (var lane = left + 1; lane < right; lane++) sides[lane] |= Side.Left | Side.Right;
    }

    private static string Row(List<ObjectId?> lanes, int mine)
    {
        var row = new StringBuilder();
        foreach (var (lane, waits) in lanes.Index()) row.Append(lane == mine ? '●' : waits is null ? ' ' : '│').Append(' ');
        return row.ToString();
    }

    private static string Text(List<Side> sides)
    {
        var row = new StringBuilder();
        foreach (var side in sides) row.Append(Shapes[(int)side]).Append(side.HasFlag(Side.Right) ? '─' : ' ');
        return row.ToString().TrimEnd();
    }
}
