using System.Text;
using Flotilla.Core.Machines;

namespace Flotilla.Haproxy.Tests;

/// <summary>What the handler does with the files and programs of its host, in simulation.</summary>
public sealed class HaproxyHandlerTests
{
    private const string File = "/etc/haproxy/haproxy.cfg";

    [Fact]
    public void A_change_that_changes_nothing_for_it_neither_writes_nor_runs_anything()
    {
        var machine = default(Core.Machines.Simulated.MemoryMachine)!;
        FleetSimulation.Of(Shop()).On(setup => machine = setup.Machine("lb")).Run(async s =>
        {
            await s.Until("both servers", () => Servers(s).SequenceEqual(["web-1", "web-2"]));
            await s.For(1.Seconds);
            var run = machine.Commands.Count;
            await s.Host("db").CrashAsync();
            await s.Until("the handler to have run", () => s.Timeline.Find("handler", entry => entry.Text.Contains("member-failed db", StringComparison.Ordinal)) is not null);
            await s.For(1.Seconds);
            Assert.Equal(run, machine.Commands.Count);
        });
    }

    [Fact]
    public void It_checks_before_it_replaces_and_replaces_before_it_reloads()
    {
        var steps = new List<string>();
        FleetSimulation.Of(Shop()).On(setup =>
        {
            var machine = setup.Machine("lb");
            CommandResult Note(string step)
            {
                steps.Add($"{step}: {(machine.Stat(File) is null ? "none" : Lines(machine.ReadFile(File)))} -> {(machine.Stat(File + ".new") is null ? "none" : Lines(machine.ReadFile(File + ".new")))}");
                return new CommandResult(0, "", "");
            }
            machine.OnCommand("haproxy", command => Note(string.Join(' ', command.Arguments)));
            machine.OnCommand("systemctl", command => Note(string.Join(' ', command.Arguments)));
        }).Run(async s =>
        {
            await s.Until("both servers", () => Servers(s).Count == 2);
            steps.Clear();
            await s.Host("web-1").CrashAsync();
            await s.Until("one server", () => Servers(s).Count == 1);
            await s.For(1.Seconds);
        });
        Assert.Equal([$"-c -f {File}.new: web-1 web-2 -> web-2", "reload-or-restart haproxy: web-2 -> web-2"], steps);
    }

    [Fact]
    public void Mode_and_owner_of_the_file_stay() => FleetSimulation.Of(Shop()).On(setup =>
    {
        setup.Machine("lb").CreateDirectory("/etc/haproxy", (UnixFileMode)0b111_101_101);
        setup.Machine("lb").WriteFile(File, "# old\n"u8, (UnixFileMode)0b110_100_000, new FileOwner(0, 33));
    }).Run(async s =>
    {
        await s.Until("both servers", () => Servers(s).Count == 2);
        var status = s.Host("lb").Inside.Files.Stat(File)!;
        Assert.Equal((UnixFileMode)0b110_100_000, status.Mode);
        Assert.Equal(new FileOwner(0, 33), status.Owner);
    });

    [Fact]
    public void Who_was_interrupted_before_the_reload_reloads_at_the_next_start() => FleetSimulation.Of(Shop()).On(setup =>
    {
        var machine = setup.Machine("lb");
        var reloads = 0;
        machine.OnCommand("systemctl", _ => ++reloads == 2 ? throw new OperationCanceledException() : new CommandResult(0, "", $"{reloads}"));
    }).Run(async s =>
    {
        var lb = s.Host("lb");
        await s.Until("both servers", () => Servers(s).Count == 2 && lb.Inside.Files.Stat(File + ".new") is null, 1.Minutes);
        Assert.DoesNotContain(s.Timeline.Entries, entry => entry.Kind == "violation");
    });

    [Fact]
    public void Without_the_program_it_says_what_to_install() => FleetSimulation.Of(Shop()).On(setup =>
        setup.Machine("lb").OnCommand("haproxy", _ => new CommandResult(127, "", "haproxy: not found"))).Run(async s =>
    {
        await s.Until("the failure", () => s.Timeline.Find("handler", entry => entry.Text.Contains("haproxy cannot be run on lb: haproxy: not found Install it there.", StringComparison.Ordinal)) is not null);
        Assert.Null(s.Host("lb").Inside.Files.Stat(File));
    });

    [Fact]
    public void A_template_that_throws_leaves_everything_as_it_is()
    {
        var fleet = Shop(_ => throw new FormatException("no template today"));
        FleetSimulation.Of(fleet).Run(async s =>
        {
            await s.Until("the failure", () => s.Timeline.Find("handler", entry => entry.Text.Contains("no template today", StringComparison.Ordinal)) is not null);
            Assert.Null(s.Host("lb").Inside.Files.Stat("/etc/haproxy"));
        });
    }

    private static Fleet Shop(Func<HaproxyModel, string>? template = null) => new Fleet("shop")
        .Host("lb", ["lb"]).Host("db", ["db"]).Host("web-1", ["web"]).Host("web-2", ["web"])
        .Role("web", _ => { })
        .Role("db", _ => { })
        .Role("lb", lb => lb.KeepHaproxy("web", port: 8080, template: template));

    private static List<string> Servers(Scenario s) =>
        s.Host("lb").Inside.Files is var files && files.Stat(File) is not null ? [.. Lines(files.ReadFile(File)).Split(' ', StringSplitOptions.RemoveEmptyEntries)] : [];

    private static string Lines(byte[] content) => string.Join(' ', Encoding.UTF8.GetString(content).Split('\n')
        .Select(line => line.Trim().Split(' ')).Where(words => words[0] == "server").Select(words => words[1]));
}
