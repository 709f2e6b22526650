namespace Flotilla.Images.Tests;

/// <summary>Which version came from which, and what they take.</summary>
public sealed class AncestryTests
{
    [Fact]
    public async Task A_picture_shows_versions_and_what_they_were_built_from()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var time = new StepClock();
        using var graph = ImageGraph.Open(fixture.Graph.Path, time);
        await ImportAsync(graph, 1, "base");
        await ImportAsync(graph, 2, "shop", "base");
        await ImportAsync(graph, 3, "mail", "base");
        await ImportAsync(graph, 4, "base");
        await ImportAsync(graph, 5, "shop", "base");
        await ImportAsync(graph, 6, "lone");
        string.Join('\n', graph.Ancestry().Draw(Label)).ShouldBe(
            """
            ●  lone 6
            ●  shop 5
            ├─╮
            │ ●  base 4
            │ │ ●  mail 3
            ● │ │  shop 2
            ├─┴─╯
            ●  base 1
            """.ReplaceLineEndings("\n"));
        string.Join('\n', graph.Ancestry([graph.Find("mail")]).Draw(Label)).ShouldBe("●  mail 3\n●  base 1");
        graph.Ancestry([]).Draw(Label).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_that_joins_another_crosses_what_is_between()
    {
        using var fixture = await GraphFixture.CreateAsync();
        using var graph = ImageGraph.Open(fixture.Graph.Path, new StepClock());
        await ImportAsync(graph, 1, "base");
        await ImportAsync(graph, 2, "tool");
        await ImportAsync(graph, 3, "shop", "base");
        await ImportAsync(graph, 4, "tool", "base");
        await ImportAsync(graph, 5, "mail", "tool");
        await ImportAsync(graph, 6, "shop", "base");
        string.Join('\n', graph.Ancestry().Draw(Label)).ShouldBe(
            """
            ●  shop 6
            ├─╮
            │ │ ●  mail 5
            │ │ ●  tool 4
            │ ├─┤
            ● │ │  shop 3
            │ │ ●  tool 2
            ├─╯
            ●  base 1
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task What_lineages_take_says_what_removing_one_would_free()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var shared = ("shared", '0', new string('x', 10_000));
        await fixture.ImportAsync(TarBytes.Of(shared, ("a", '0', "only in a")), "a");
        await fixture.ImportAsync(TarBytes.Of(shared, ("a", '0', "only in a, again")), "a");
        await fixture.ImportAsync(TarBytes.Of(shared), "b");
        var usage = fixture.Graph.Usage();
        usage.Select(each => (each.Name.ToString(), each.Versions)).ShouldBe([("a", 2), ("b", 1)]);
        foreach (var each in usage) each.OwnBytes.ShouldBeInRange(1, each.StoredBytes - 1);
        usage[0].StoredBytes.ShouldBe(fixture.Graph.Usage(fixture.Graph.Find("a")).Versions.Sum(version => version.AddedBytes));
    }

    private static string Label(GraphImage image) => image.Name + " " + new StreamReader(image.OpenFile("number", out _)!).ReadToEnd();

    private static Task<ImportedImage> ImportAsync(ImageGraph graph, int number, string name, string? upstream = null) =>
        graph.ImportAsync(new GraphFixture.MemorySource([TarBytes.Of(("number", '0', $"{number}"))], null), ImageName.Parse(name), new ImportOptions { Upstream = upstream is null ? null : graph.Find(upstream) }, CancellationToken.None);

    // A second later whenever somebody asks.
    private sealed class StepClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now += TimeSpan.FromSeconds(1);
    }
}
