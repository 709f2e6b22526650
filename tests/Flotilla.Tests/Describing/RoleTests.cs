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
}
