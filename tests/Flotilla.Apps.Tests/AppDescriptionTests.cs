using Flotilla.Core;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Apps.Tests;

public sealed class AppDescriptionTests
{
    private static readonly AppDescription Good = new()
    {
        Name = "shop",
        Program = "shopd",
        Ports = [new PortDescription("http"), new PortDescription("admin", 8080)],
        Health = new HttpHealthCheck("/healthz") { Port = "http" },
    };

    [Fact]
    public void A_good_description_has_no_problems() => Good.Validate().ShouldBeEmpty();

    [Fact]
    public void Limits_are_inside()
    {
        (Good with { Instances = 0 }).Validate().ShouldBeEmpty();
        (Good with { Instances = 10_000 }).Validate().ShouldBeEmpty();
        (Good with { Instances = 10_001 }).Validate().ShouldHaveSingleItem();
        (Good with { Instances = -1 }).Validate().ShouldHaveSingleItem();
        (Good with { Name = new string('a', 63) }).Validate().ShouldBeEmpty();
        (Good with { Name = new string('a', 64) }).Validate().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-0", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("Shop", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    public void Names_are_lower_case_letters_digits_and_inner_hyphens(string name, bool isGood) =>
        (Good with { Name = name }).Validate().Any().ShouldBe(!isGood);

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var app = new AppDescription
        {
            Name = "Shop",
            Instances = -2,
            Ports = [new PortDescription("http", 80), new PortDescription("http", 80), new PortDescription("admin", 70_000), new PortDescription("")],
            Environment = [new("A=B", "")],
            Health = new HttpHealthCheck("healthz") { Port = "htpt", Interval = TimeSpan.Zero, Timeout = TimeSpan.FromSeconds(-1), FailureLimit = -1, Grace = TimeSpan.FromSeconds(-3) },
            StopGrace = TimeSpan.FromSeconds(-1),
            Restart = new RestartPolicy(new Backoff(TimeSpan.FromSeconds(-1), 0.5, Jitter: 2), TimeSpan.FromSeconds(-1)),
            Log = new LogPolicy(0, -1),
            Faults = [new FaultSwitch("slow", new HttpCallTemplate("POST", "slow", "admn")), new FaultSwitch("slow", new HttpCallTemplate("POST", "/"))],
            Declared = new SourceLocation("/home/me/fleet.cs", 14),
        };
        Snapshot.Matches(string.Join('\n', app.Validate()), "every-mistake");
    }

    [Fact]
    public void A_check_over_the_network_needs_a_port() =>
        (Good with { Ports = [], Health = new TcpHealthCheck() }).Validate().ShouldHaveSingleItem().ToString()
            .ShouldBe("App \"shop\" has a health check and no port to ask. Add a port, or check with a command.");

    [Fact]
    public void An_instance_reads_back_what_it_writes() =>
        Prop.ForAll<NonNegativeInt>(slot => InstanceId.Parse(new InstanceId("shop-2", slot.Get).ToString()).ShouldBe(new InstanceId("shop-2", slot.Get)))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("shop")]
    [InlineData("shop-")]
    [InlineData("shop-x")]
    [InlineData("shop--1x")]
    [InlineData("shop-01")]
    [InlineData("-1")]
    [InlineData("shop- 1")]
    [InlineData("shop-99999999999")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_instance_is_refused(string? text)
    {
        InstanceId.TryParse(text, out _).ShouldBeFalse();
        if (text is not null) Should.Throw<FormatException>(() => InstanceId.Parse(text)).Message.ShouldContain("for example \"shop-0\"");
    }

    [Theory]
    [InlineData(0.034, "0.03 s")]
    [InlineData(12.44, "12.4 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7500, "2 h 5 min")]
    [InlineData(273_600, "3 d 4 h")]
    public void Durations_are_said_as_people_do(double seconds, string said) => Say.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(said);
}
