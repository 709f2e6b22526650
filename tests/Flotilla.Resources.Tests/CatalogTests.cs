using FsCheck;
using FsCheck.Fluent;
using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Resources.Tests;

public sealed class CatalogTests
{
    [Fact]
    public void Without_relations_the_order_is_that_of_declaration() =>
        Names(Thing("c"), Thing("a"), Thing("b")).ShouldBe(["c", "a", "b"]);

    [Fact]
    public void Every_kind_of_relation_orders()
    {
        var last = Thing("last");
        Names(last.Requires(Thing("first")), Thing("first")).ShouldBe(["first", "last"]);
        Names(last.SubscribesTo(Thing("first")), Thing("first")).ShouldBe(["first", "last"]);
        Names(last, Thing("first").Before(last)).ShouldBe(["first", "last"]);
        Names(last, Thing("first").Notifies(last)).ShouldBe(["first", "last"]);
    }

    [Fact]
    public void Ties_go_by_declaration_even_when_others_have_to_wait()
    {
        var d = Thing("d");
        Names(Thing("a").Requires(d), Thing("b"), Thing("c"), d).ShouldBe(["b", "c", "d", "a"]);
    }

    [Fact]
    public void Edges_say_where_they_come_from_and_each_pair_is_there_once()
    {
        var folder = new DirectoryResource("/etc/shop");
        var file = new FileResource("/etc/shop/x").Requires(folder).SubscribesTo(folder);
        var edges = Catalog.Build([file, folder, new FileResource("/etc/shop/y")]).Edges;
        edges.ShouldBe(
        [
            new Edge(folder.Id, file.Id, EdgeKind.Explicit, Refreshes: true),
            new Edge(folder.Id, new ResourceId("file", "/etc/shop/y"), EdgeKind.Automatic, Refreshes: false),
        ]);
    }

    [Fact]
    public void Files_come_after_the_directories_above_them() =>
        Names(new FileResource("/a/b/c"), new DirectoryResource("/a/b"), new DirectoryResource("/a"), new DirectoryResource("/"))
            .ShouldBe(["/", "/a", "/a/b", "/a/b/c"]);

    [Fact]
    public void What_is_removed_goes_before_the_directory_above_it() =>
        Names(new DirectoryResource("/a") { IsAbsent = true }, new DirectoryResource("/a/b") { IsAbsent = true }, new FileResource("/a/b/c") { IsAbsent = true })
            .ShouldBe(["/a/b/c", "/a/b", "/a"]);

    [Fact]
    public void What_follows_never_closes_a_cycle_with_what_was_said()
    {
        var file = new FileResource("/a/b/c");
        var catalog = Catalog.Build([new DirectoryResource("/a"), new DirectoryResource("/a/b").Requires(file), file]);
        catalog.InOrder.Select(resource => resource.Name).ShouldBe(["/a", "/a/b/c", "/a/b"]);
        catalog.Edges.ShouldNotContain(edge => edge.From == new ResourceId("directory", "/a/b") && edge.To == file.Id);
        catalog.Edges.ShouldContain(new Edge(new ResourceId("directory", "/a"), file.Id, EdgeKind.Automatic, false));
    }

    [Fact]
    public void Find_knows_each_resource()
    {
        var file = new FileResource("/a");
        var catalog = Catalog.Build([file]);
        catalog.Find(file.Id).ShouldBeSameAs(file);
        catalog.Find(new ResourceId("file", "/b")).ShouldBeNull();
    }

    [Fact]
    public void An_empty_catalog_is_fine() => Catalog.Build([]).InOrder.ShouldBeEmpty();

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var problems = Catalog.Check(
        [
            new FileResource("etc/x") { Declared = At(1) },
            new FileResource("/etc//shop/../y/") { Declared = At(2) },
            new FileResource("") { Declared = At(3) },
            new FileResource("/etc/a") { Declared = At(4), Mode = "9640" },
            new FileResource("/etc/b") { Declared = At(5), Mode = "u=rw" },
            new FileResource("/etc/c") { Declared = At(6), Content = "x", IsAbsent = true },
            new FileResource("/etc/d") { Declared = At(7), Owner = "shop:web", Group = "" },
            new FileResource("/etc/e") { Declared = At(8), Content = "half \ud800" },
            new FileResource("/") { Declared = At(9) },
            new DirectoryResource("/") { Declared = At(10), IsAbsent = true, Mode = "755" },
            new FileResource("/etc/" + new string('x', 256)) { Declared = At(11) },
            new FileResource("/etc/f\0") { Declared = At(12) },
        ]);
        Snapshot.Matches(string.Join('\n', problems), "mistakes-of-one-resource");
    }

    [Fact]
    public void Mistakes_between_resources_are_told_with_both_places()
    {
        var shop = new FileResource("/etc/shop.json") { Declared = At(1) };
        var problems = Catalog.Check(
        [
            shop,
            shop with { Declared = At(2), Mode = "0640" },
            new DirectoryResource("/etc/shop.json") { Declared = At(3) },
            new FileResource("/etc/a") { Declared = At(4), Require = [new ResourceId("file", "/etc/shop.jsn")], Notify = [new ResourceId("app", "shop")] },
            new DirectoryResource("/opt") { Declared = At(5), IsAbsent = true },
            new FileResource("/opt/x") { Declared = At(6) },
            Thing("a", 7).Requires(Thing("c")),
            Thing("b", 8).Requires(Thing("a")),
            Thing("c", 9).SubscribesTo(Thing("b")),
            Thing("self", 10).Before(Thing("self")),
            Thing("after", 11).Requires(Thing("a"), Thing("self")),
        ]);
        Snapshot.Matches(string.Join('\n', problems), "mistakes-between-resources");
    }

    [Fact]
    public void Build_throws_what_Check_finds()
    {
        Resource[] resources = [new FileResource("x"), new FileResource("x")];
        Should.Throw<ProblemException>(() => Catalog.Build(resources)).Problems.ShouldBe(Catalog.Check(resources));
    }

    [Fact]
    public void Each_knot_is_told_once_by_a_shortest_cycle()
    {
        // a and b wait for each other; c, d and e form a longer way round through a.
        var problems = Catalog.Check(
        [
            Thing("a").Requires(Thing("b")), Thing("b").Requires(Thing("a"), Thing("d")),
            Thing("c").Requires(Thing("a")), Thing("d").Requires(Thing("c")),
            Thing("x").Requires(Thing("y")), Thing("y").Requires(Thing("x")),
        ]);
        problems.Count.ShouldBe(2);
        problems[0].What.ShouldContain("thing \"a\" → thing \"b\" → thing \"a\"");
        problems[1].What.ShouldContain("thing \"x\" → thing \"y\" → thing \"x\"");
    }

    [Fact]
    public void The_order_keeps_to_all_edges_and_is_the_same_each_time() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var resources = Acyclic(random);
            var catalog = Catalog.Build(resources);
            var places = catalog.InOrder.Select((resource, place) => (resource.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place);
            places.Count.ShouldBe(resources.Count);
            foreach (var edge in catalog.Edges) places[edge.From].ShouldBeLessThan(places[edge.To]);
            Catalog.Build(resources).InOrder.ShouldBe(catalog.InOrder);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(1_000_000));

    [Fact]
    public void Thousands_of_resources_are_ordered()
    {
        var resources = Enumerable.Range(0, 5000).Select(i => (Resource)new FileResource($"/srv/{i % 50}/{i}"))
            .Concat(Enumerable.Range(0, 50).Select(i => (Resource)new DirectoryResource($"/srv/{i}"))).Append(new DirectoryResource("/srv"));
        var catalog = Catalog.Build(resources);
        catalog.InOrder[0].Name.ShouldBe("/srv");
        catalog.InOrder.Count.ShouldBe(5051);
    }

    // Relations go from earlier to later in a hidden order, so that no cycle arises; declared in another order.
    private static List<Resource> Acyclic(Random random)
    {
        var things = new List<Thing>();
        for (var i = 0; i < random.Next(1, 30); i++)
        {
            var thing = Thing("t" + i);
            foreach (var other in things.Where(_ => random.Next(4) == 0).ToList())
                thing = random.Next(2) == 0 ? thing.Requires(other) : thing.SubscribesTo(other);
            things.Add(thing);
        }
        var resources = things.Cast<Resource>().ToArray();
        random.Shuffle(resources);
        return [.. resources];
    }

    private static IEnumerable<string> Names(params Resource[] resources) => Catalog.Build(resources).InOrder.Select(resource => resource.Name);

    private static SourceLocation At(int line) => new("fleet.cs", line);

    private static Thing Thing(string name, int line = 0) => new(name) { Declared = line == 0 ? null : At(line) };
}
