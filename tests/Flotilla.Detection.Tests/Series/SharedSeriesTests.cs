using System.Text.Json;
using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class SharedSeriesTests
{
    private static readonly SeriesOptions Options = new();

    [Fact]
    public void Crucibles_series_are_read_as_they_stand()
    {
        var files = SeriesFolder.Find(Shared("crucible", "series"), Options);
        files.Select(file => (file.Name, Count: file.ReadPoints(Options).Count())).ShouldBe(
            [("ts1", 8665), ("ts2", 2880), ("ts3", 5760), ("ts4", 1373), ("ts5", 1440), ("ts6", 341), ("ts7", 1426), ("ts8", 1024), ("ts9", 1280)]);
        foreach (var file in files)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file.FullPath));
            file.Load(Options).Points.ShouldBe(json.RootElement.EnumerateArray().Select(pair => SeriesText.At(pair[0].GetDouble(), pair[1].GetDouble())));
        }
    }

    [Fact]
    public void NABs_series_are_read_as_they_stand()
    {
        var rows = new SeriesOptions(AllowDisorder: true);
        var files = SeriesFolder.Find(Shared("nab", "data"), rows);
        files.Count.ShouldBe(34);
        var total = 0;
        foreach (var file in files)
        {
            var lines = File.ReadAllLines(file.FullPath).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')).ToArray();
            file.Load(rows).Points.ShouldBe(lines.Select(fields => new Point(SeriesText.Utc(fields[0]), double.Parse(fields[1]))));
            total += lines.Length;
        }
        total.ShouldBe(228_257);
    }

    [Fact]
    public void NABs_local_times_repeat_and_that_is_said_with_the_line()
    {
        var messages = SeriesFolder.Find(Shared("nab", "data"), Options).Select(Problem).OfType<string>().ToArray();
        messages.Length.ShouldBe(4);
        Snapshot.Matches(string.Join('\n', messages), "nab-disorder");
    }

    private static string? Problem(SeriesFile file)
    {
        try
        {
            return file.ReadPoints(Options).Any(point => point.At == default) ? "a time is missing" : null;
        }
        catch (ProblemException e)
        {
            return e.Message;
        }
    }

    private static string Shared(params string[] parts)
    {
        if (Repository.SharedData(parts) is { } path) return path;
        Assert.Skip($"The series ({string.Join('/', parts)}) are not beside this checkout.");
        return "";
    }
}
