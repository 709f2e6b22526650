using Flotilla.Core.Machines;
using Flotilla.Resources;

namespace Flotilla.Tests.Describing;

public sealed class RoleTests
{
    [Fact]
    public void A_relation_between_resources_holds_in_the_catalog()
    {
        var fleet = new Fleet("f").Role("r", role =>
        {
            var second = role.File("/etc/second", content: "2");
            var first = role.File("/etc/first", content: "1");
            role.Before(first, second);
        });
        Catalog.Build(fleet.Build().Roles[0].Resources).InOrder.Select(resource => resource.Name).ShouldBe(["/etc/first", "/etc/second"]);
    }

    [Fact]
    public void Relations_that_go_round_are_refused_with_the_cycle()
    {
        var fleet = new Fleet("f").Role("r", role =>
        {
            var first = role.File("/etc/first", content: "1");
            var second = role.File("/etc/second", content: "2");
            role.Before(first, second).Notify(second, first);
        });
        Should.Throw<Core.ProblemException>(fleet.Build).Message.ShouldContain("These resources wait for each other: file \"/etc/first\"");
    }

    [Fact]
    public void A_relation_of_a_resource_that_the_role_does_not_have_is_refused() =>
        Should.Throw<ArgumentException>(() => new Fleet("f").Role("r", role => role.Before(new FileResource("/a"), role.File("/b"))))
            .Message.ShouldStartWith("Role \"r\" does not declare file \"/a\".");

    [Fact]
    public void The_tag_role_is_filled_in_by_Flotilla_alone() =>
        Should.Throw<Core.ProblemException>(new Fleet("f").Host("a", [], new Dictionary<string, string> { ["role"] = "web" }).Build)
            .Message.ShouldContain("Host \"a\" has a tag \"role\", which Flotilla fills in itself. Name the roles beside the host's name.");

    [Fact]
    public void A_resource_of_a_foreign_type_is_made_real_by_the_provider_that_came_with_it()
    {
        var fleet = new Fleet("f").Role("r", role => role.Add(new Flag("up"), new FlagProvider()));
        FleetSimulation.Of(fleet).Run(async s =>
        {
            await s.Sees("resource", "flag \"up\"");
            Assert.NotNull(s.Host("local").Inside.Files.Stat("/tmp/up.flag"));
        });
    }

    [Fact]
    public void A_resource_of_a_type_that_nothing_makes_real_is_refused() =>
        Should.Throw<Core.ProblemException>(new Fleet("f").Role("r", role => role.Add(new Flag("up"))).Build)
            .Message.ShouldBe("flag \"up\" is of a type that nothing makes real. Add it with its provider: role.Add(resource, provider).");

    private sealed record Flag(string Title) : Resource("flag", Title);

    private sealed class FlagProvider() : ResourceProvider<Flag>("flag")
    {
        protected override Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<Flag> resources, IMachine machine, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ResourceState>>([.. resources.Select(flag => machine.Stat(Path(flag)) is null ? ResourceState.Absent : new ResourceState(true, []))]);

        protected override ResourceState Desired(Flag resource) => new(true, []);

        protected override Task ApplyAsync(Flag resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken)
        {
            machine.WriteFile(Path(resource), [], UnixFileMode.UserRead);
            return Task.CompletedTask;
        }

        private static string Path(Flag flag) => $"/tmp/{flag.Title}.flag";
    }
}
