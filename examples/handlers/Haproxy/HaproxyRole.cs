using System.Runtime.CompilerServices;
using Flotilla.Core.Machines;

namespace Flotilla.Haproxy;

/// <summary>HAProxy, as a word of a role.</summary>
public static class HaproxyRole
{
    /// <summary>
    /// Keeps HAProxy's configuration on every host of this role in step with the members that have another role: a server for each
    /// that is alive. The program <c>haproxy</c> must be installed; in simulation it is there.
    /// </summary>
    /// <param name="role">The role whose hosts balance.</param>
    /// <param name="backends">The role of the members that requests go to.</param>
    /// <param name="port">The port on which those listen.</param>
    /// <param name="listen">The port on which HAProxy listens.</param>
    /// <param name="file">The configuration. What is written there by hand is lost at the next change of membership.</param>
    /// <param name="reload">
    /// What makes HAProxy take a new configuration up: <c>systemctl reload-or-restart haproxy</c> unless given.
    /// </param>
    /// <param name="template">The text of the configuration; <see cref="HaproxyTemplate.Http"/> unless given.</param>
    /// <param name="source">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Role KeepHaproxy(this Role role, string backends, int port, int listen = 80, string file = "/etc/haproxy/haproxy.cfg",
        Command? reload = null, Func<HaproxyModel, string>? template = null,
        [CallerFilePath] string source = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentException.ThrowIfNullOrEmpty(backends);
        ArgumentException.ThrowIfNullOrEmpty(file);
        CheckPort(port);
        CheckPort(listen);
        reload ??= new Command("systemctl", ["reload-or-restart", "haproxy"]);
        return role
            .Simulate(machine =>
            {
                machine.OnCommand("haproxy", _ => new CommandResult(0, "", ""));
                machine.OnCommand(reload.Program, command => command.Arguments.SequenceEqual(reload.Arguments)
                    ? new CommandResult(0, "", "")
                    : new CommandResult(127, "", $"{command}: not known in this simulation"));
            })
            .Handle(new HaproxyHandler(backends, port, listen, file, reload, template ?? HaproxyTemplate.Http), source, line);
    }

    private static void CheckPort(int port, [CallerArgumentExpression(nameof(port))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue, name);
    }
}
