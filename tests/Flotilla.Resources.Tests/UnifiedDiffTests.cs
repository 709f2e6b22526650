using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Resources.Tests;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Equal_texts_have_no_difference() => UnifiedDiff.Between("a\nb", "a\nb", "x", "y").ShouldBe("");

    [Fact]
    public void A_change_stands_in_its_context()
    {
        var before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        UnifiedDiff.Between(before, before.Replace("5\n", "five\n5a\n", StringComparison.Ordinal), "old", "new").ShouldBe(
            "--- old\n+++ new\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+5a\n 6\n 7\n 8\n");
    }

    [Fact]
    public void Near_changes_share_a_hunk_and_far_ones_do_not()
    {
        var lines = Enumerable.Range(1, 30).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        string Changed(params int[] at) => string.Join('\n', lines.Select((line, i) => at.Contains(i) ? "x" : line)) + "\n";
        UnifiedDiff.Between(Changed(), Changed(5, 12), "a", "b").Split("@@ -").Length.ShouldBe(2);
        UnifiedDiff.Between(Changed(), Changed(5, 13), "a", "b").Split("@@ -").Length.ShouldBe(3);
        UnifiedDiff.Between(Changed(), Changed(5), "a", "b", context: 0).ShouldBe("--- a\n+++ b\n@@ -6 +6 @@\n-6\n+x\n");
    }

    [Fact]
    public void A_new_and_an_emptied_text_have_ranges_of_zero()
    {
        UnifiedDiff.Between("", "a\nb\n", "/dev/null", "b").ShouldBe("--- /dev/null\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b\n");
        UnifiedDiff.Between("a\n", "", "a", "b").ShouldBe("--- a\n+++ b\n@@ -1 +0,0 @@\n-a\n");
    }

    [Fact]
    public void A_missing_end_of_line_is_marked()
    {
        UnifiedDiff.Between("a\nb", "a\nb\n", "a", "b").ShouldBe("--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
        UnifiedDiff.Between("x\nb", "y\nb", "a", "b").ShouldBe("--- a\n+++ b\n@@ -1,2 +1,2 @@\n-x\n+y\n b\n\\ No newline at end of file\n");
    }

    [Fact]
    public void The_example_of_the_paper_takes_five_edits()
    {
        var diff = UnifiedDiff.Between("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", "a", "b");
        diff.Split('\n').Skip(2).Count(line => line.StartsWith('-') || line.StartsWith('+')).ShouldBe(5);
    }

    [Fact]
    public void Applied_to_before_it_gives_after() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var before = Text(random);
            var after = random.Next(3) == 0 ? Text(random) : Edited(before, random);
            var context = random.Next(5);
            Patch(before, UnifiedDiff.Between(before, after, "a", "b", context)).ShouldBe(after);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(1_000_000));

    [Fact]
    public void It_is_the_shortest() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var before = Text(random);
            var after = Text(random);
            var edits = UnifiedDiff.Between(before, after, "a", "b").Split('\n').Skip(2).Count(line => line.StartsWith('-') || line.StartsWith('+'));
            edits.ShouldBe(Distance(Lines(before), Lines(after)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(1_000_000));

    [Fact]
    public void Beyond_the_bound_it_is_longer_and_still_right()
    {
        var before = string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i}\n"));
        var after = string.Concat(Enumerable.Range(0, 6000).Select(i => i % 2 == 0 ? $"{i}\n" : $"new {i}\n"));
        var diff = UnifiedDiff.Between(before, after, "a", "b");
        Patch(before, diff).ShouldBe(after);
        diff.Split("@@ -").Length.ShouldBe(2);
    }

    private static string Text(Random random)
    {
        var lines = Enumerable.Range(0, random.Next(12)).Select(_ => ((string[])["a", "b", "c", "", "\r", "-x", "+y", "@@ z", "\\ w"])[random.Next(9)]);
        var text = string.Join('\n', lines);
        return random.Next(2) == 0 || text.Length == 0 ? text : text + "\n";
    }

    private static string Edited(string text, Random random)
    {
        var lines = text.Split('\n').ToList();
        for (var i = 0; i < random.Next(4); i++)
        {
            if (random.Next(2) == 0) lines.Insert(random.Next(lines.Count + 1), "n" + random.Next(3));
            else if (lines.Count > 0) lines.RemoveAt(random.Next(lines.Count));
        }
        return string.Join('\n', lines);
    }

    private static List<string> Lines(string text) =>
        [.. text.Split('\n').Select((line, i) => i < text.Count(c => c == '\n') ? line + "\n" : line).Where(line => line.Length > 0)];

    // Deletions and insertions of the longest common subsequence, by the textbook's table.
    private static int Distance(List<string> a, List<string> b)
    {
        var table = new int[a.Count + 1, b.Count + 1];
        for (var i = 0; i <= a.Count; i++)
            for (var j = 0; j <= b.Count; j++)
                table[i, j] = i == 0 || j == 0 ? i + j : a[i - 1] == b[j - 1] ? table[i - 1, j - 1] : 1 + Math.Min(table[i - 1, j], table[i, j - 1]);
        return table[a.Count, b.Count];
    }

    // A strict patch: places and lines must be exactly those of the diff.
    private static string Patch(string before, string diff)
    {
        if (diff.Length == 0) return before;
        var old = Lines(before);
        var result = new StringBuilder();
        var at = 0;
        var body = diff.Split('\n')[2..^1];
        for (var i = 0; i < body.Length; i++)
        {
            var line = body[i];
            var text = line[1..] + (i + 1 < body.Length && body[i + 1] == "\\ No newline at end of file" ? "" : "\n");
            switch (line[0])
            {
                case '@':
                    var range = line.Split(' ')[1][1..].Split(',');
                    var start = int.Parse(range[0], CultureInfo.InvariantCulture) - (range is [_, "0"] ? 0 : 1);
                    while (at < start) result.Append(old[at++]);
                    break;
                case ' ':
                    old[at++].ShouldBe(text);
                    result.Append(text);
                    break;
                case '-':
                    old[at++].ShouldBe(text);
                    break;
                case '+':
                    result.Append(text);
                    break;
            }
        }
        while (at < old.Count) result.Append(old[at++]);
        return result.ToString();
    }
}
