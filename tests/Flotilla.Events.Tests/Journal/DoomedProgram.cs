using System.Diagnostics;
using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Events.Tests;

/// <summary>
/// This test program, started once more as a program that sends reliable events and handles them until it is killed. What its handlers
/// do they write to a file, a line for each begin and end, and every line goes to its output too.
/// </summary>
internal static class DoomedProgram
{
    public const int Concurrency = 2;

    private const string Variable = "FLOTILLA_TEST_DOOMED_PROGRAM";

    public static Process Start(TemporaryFolder folder, int run, int events)
    {
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Flotilla.Events.Tests")) { RedirectStandardOutput = true };
        info.Environment["DOTNET_STARTUP_HOOKS"] = typeof(DoomedProgram).Assembly.Location;
        info.Environment[Variable] = folder.Path;
        info.Environment["RUN"] = $"{run}";
        info.Environment["EVENTS"] = $"{events}";
        return Process.Start(info)!;
    }

    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder) return;
        RunAsync(folder, Environment.GetEnvironmentVariable("RUN")!, int.Parse(Environment.GetEnvironmentVariable("EVENTS")!)).GetAwaiter().GetResult();
        Environment.Exit(0);
    }

    private static async Task RunAsync(string folder, string run, int events)
    {
        using var log = new FileStream(Path.Combine(folder, "log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        void Write(string line)
        {
            lock (log)
            {
                // One call of the system: a line is there or it is not.
                log.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
                System.Console.Out.WriteLine(line);
                System.Console.Out.Flush();
            }
        }

        HandlerRegistration Handler(string name, bool again) => new(name, EventFilter.User("e"), async (e, _, _) =>
        {
            Write($"{name} begins {((UserEvent)e).Payload.Text}");
            await Task.Yield();
            Write($"{name} ends {((UserEvent)e).Payload.Text}");
            return null;
        }, new HandlerOptions(Concurrency, ExactlyOnce: true, ReplayUnfinished: again), null);

        var bus = new LocalBus(TimeProvider.System);
        using var sent = new SqliteJournal(Path.Combine(folder, "ctl-1.db"), TimeProvider.System);
        using var received = new SqliteJournal(Path.Combine(folder, "web-1.db"), TimeProvider.System);
        await using var sender = new ReliableEvents(bus.Join("ctl-1", new Dictionary<string, string>()), sent, TimeProvider.System, new Random(1));
        await using var receiver = new ReliableEvents(bus.Join("web-1", new Dictionary<string, string>()), received, TimeProvider.System, new Random(1));
        await using var dispatcher = new HandlerDispatcher(receiver.Bus, [Handler("once", again: false), Handler("again", again: true)],
            new MemoryJournal(1), TimeProvider.System, new Random(1), Invariants.Throwing, received);
        dispatcher.Start();
        receiver.Start();
        sender.Start();
        var deliveries = new List<Task<ReliableDelivery>>();
        for (var i = 0; i < events; i++)
        {
            var id = $"{run}-{i}";
            deliveries.Add(sender.SendAsync("e", EventPayload.FromText(id), ReliableTargets.OfHosts("web-1"), null, CancellationToken.None));
            Write($"sent {id}");
            if (i % 10 == 9) await deliveries[^1];
        }
        await sender.IdleAsync(CancellationToken.None);
        await dispatcher.IdleAsync(CancellationToken.None);
    }
}
