using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flotilla.Core;
using Flotilla.Core.Http.Real;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

/// <summary>
/// This test program, started once more as a program that runs an instance until it is killed: the only way to see what
/// <c>kill -9</c> of a supervisor leaves.
/// </summary>
internal static class DoomedSupervisor
{
    private const string Variable = "FLOTILLA_TEST_DOOMED_SUPERVISOR";

    public static Process Start(TemporaryFolder state, bool useCgroups, string script, string markName, string mark)
    {
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Flotilla.Apps.Tests"));
        info.Environment[Variable] = useCgroups ? "cgroups" : "table";
        info.Environment["STATE"] = state.Path;
        info.Environment["SCRIPT"] = script;
        info.Environment["MARK_NAME"] = markName;
        info.Environment["MARK"] = mark;
        return Process.Start(info)!;
    }

#pragma warning disable CA2255 // It has to run before the test framework takes over.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } mode) return;
        Environment.SetEnvironmentVariable(Variable, null);
        RunAsync(mode == "cgroups").GetAwaiter().GetResult();
    }

    private static async Task RunAsync(bool useCgroups)
    {
        using var http = new NetworkHttp();
        await using var engine = new Engines.Real.ProcessEngine(new Engines.Real.ProcessEngineOptions
        {
            StateDirectory = Environment.GetEnvironmentVariable("STATE")!,
            Http = http,
            Time = TimeProvider.System,
            Random = new Random(1),
            UseCgroups = useCgroups,
        });
        var app = Programs.Shell(Environment.GetEnvironmentVariable("SCRIPT")!);
        await using var supervisor = new AppSupervisor(app, "web-1", engine, TimeProvider.System, new Random(1), Invariants.Throwing, _ => { },
            environment: () => [new(Environment.GetEnvironmentVariable("MARK_NAME")!, Environment.GetEnvironmentVariable("MARK")!)]);
        await supervisor.SetSlotsAsync([0], CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }
}
