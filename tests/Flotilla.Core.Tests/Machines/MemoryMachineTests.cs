using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Simulated;

namespace Flotilla.Core.Tests.Machines;

public sealed class MemoryMachineTests : MachineContract
{
    private readonly MemoryMachine _machine = new("web-1");

    protected override IMachine Machine => _machine;

    protected override void Link(string path, string target) => _machine.CreateLink(path, target);

    [Fact]
    public void It_starts_with_what_every_host_has()
    {
        _machine.List("/").ShouldBe(["etc", "home", "root", "tmp", "usr", "var"]);
        _machine.UserId("nobody").ShouldBe(65534u);
        _machine.UserName(0).ShouldBe("root");
        _machine.GroupName(65534).ShouldBe("nogroup");
        _machine.RealPath("/etc/../tmp").ShouldBe("/tmp");
    }

    [Fact]
    public async Task Programs_are_functions_and_their_commands_are_recorded()
    {
        _machine.OnCommand("git", command => new CommandResult(0, string.Join('+', command.Arguments), ""));
        var first = new Command("git", ["a", "b"]);
        var second = new Command("/usr/bin/git", ["c"]);
        (await _machine.RunAsync(first, CancellationToken.None)).ShouldBe(new CommandResult(0, "a+b", ""));
        (await _machine.RunAsync(second, CancellationToken.None)).Output.ShouldBe("c");
        (await _machine.RunAsync(new Command("svn", []), CancellationToken.None)).ExitCode.ShouldBe(127);
        _machine.Commands.Select(command => command.ToString()).ShouldBe(["git a b", "/usr/bin/git c", "svn"]);
    }

    [Fact]
    public async Task A_program_may_use_the_machine()
    {
        _machine.OnCommand("touch", command =>
        {
            _machine.WriteFile(command.Arguments[0], [], UnixFileMode.UserRead);
            return new CommandResult(0, "", "");
        });
        await _machine.RunAsync(new Command("touch", ["/tmp/x"]), CancellationToken.None);
        _machine.Stat("/tmp/x").ShouldNotBeNull();
    }
}
