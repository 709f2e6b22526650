using FsCheck;
using FsCheck.Fluent;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Testing;

namespace Flotilla.Resources.Tests;

/// <summary>What holds for every catalog on every state of a host.</summary>
public abstract class LawTests
{
    protected abstract IMachine Machine { get; }

    /// <summary>How many states are tried for each law.</summary>
    protected abstract int States { get; }

    protected abstract bool HasOwners { get; }

    protected abstract void Link(string path, string target);

    [Fact]
    public void After_apply_a_plan_is_empty() => ForEachState(isComplete: false, (_, resources) =>
    {
        var report = Await(Machine.ApplyAsync(resources));
        report.Succeeded.ShouldBeTrue(report.Errors());
        Await(Machine.PlanAsync(resources)).IsEmpty.ShouldBeTrue();
        Await(Machine.ApplyAsync(resources)).Unchanged.ShouldBe(resources.Count);
    });

    [Fact]
    public void A_plan_changes_nothing() => ForEachState(isComplete: false, (_, resources) =>
    {
        var before = Machine.Dump("/");
        var watched = new WatchedMachine(Machine);
        Await(watched.PlanAsync(resources)).Problems.ShouldBeEmpty();
        watched.Changes.ShouldBe(0);
        Machine.Dump("/").ShouldBe(before);
    });

    [Fact]
    public void Apply_changes_exactly_what_was_planned() => ForEachState(isComplete: false, (_, resources) =>
    {
        var plan = Await(Machine.PlanAsync(resources));
        var report = Await(Machine.ApplyAsync(resources));
        report.ChangedIds.ShouldBe(plan.Changes.Select(change => change.Resource.Id));
        report.Unchanged.ShouldBe(plan.Unchanged);
        foreach (var (done, planned) in report.Results.Where(result => result.Change is not null).Select(result => result.Change!).Zip(plan.Changes))
        {
            done.Action.ShouldBe(planned.Action);
            done.Properties.ShouldBe(planned.Properties);
        }
    });

    [Fact]
    public void From_any_state_apply_reaches_the_same() => ForEachState(isComplete: true, (scenario, resources) =>
    {
        Await(Machine.ApplyAsync(resources)).Succeeded.ShouldBeTrue();
        var once = Machine.Dump("/");
        scenario.Scatter(Machine, Link);
        Await(Machine.ApplyAsync(resources)).Succeeded.ShouldBeTrue();
        Machine.Dump("/").ShouldBe(once);
    });

    [Fact]
    public void Stopped_at_any_change_files_are_old_or_new_and_the_next_apply_converges() =>
        Prop.ForAll<int>(seed =>
        {
            var resources = Start(seed, isComplete: true).Resources;
            var wanted = resources.OfType<FileResource>().ToDictionary(file => file.Path, file => file.Content);
            Await(Machine.ApplyAsync(resources)).Succeeded.ShouldBeTrue();
            var final = Machine.Dump("/srv");
            var isDone = false;
            for (var stop = 0; !isDone; stop++)
            {
                Start(seed, isComplete: true);
                var old = Contents();
                var watched = new WatchedMachine(Machine, failAt: 1 + (stop / 2), failAfter: stop % 2 == 1);
                var report = Await(watched.ApplyAsync(resources));
                isDone = watched.Changes < 1 + (stop / 2);
                report.Succeeded.ShouldBe(isDone);
                foreach (var (path, content) in Contents()) (content == old.GetValueOrDefault(path) || content == wanted.GetValueOrDefault(path)).ShouldBeTrue(path);
                report = Await(Machine.ApplyAsync(resources));
                report.Succeeded.ShouldBeTrue(report.Errors());
                Machine.Dump("/srv").ShouldBe(final);
            }
        }).Check(Seeds(Math.Max(3, States / 10)));

    private void ForEachState(bool isComplete, Action<Scenario, IReadOnlyList<Resource>> law) =>
        Prop.ForAll<int>(seed =>
        {
            var (scenario, resources) = Start(seed, isComplete);
            law(scenario, resources);
        }).Check(Seeds(States));

    private (Scenario Scenario, IReadOnlyList<Resource> Resources) Start(int seed, bool isComplete)
    {
        var scenario = new Scenario(new Random(seed), isComplete, HasOwners);
        scenario.Scatter(Machine, Link);
        return (scenario, scenario.Declare());
    }

    // Integers of a wide range, so that hardly a seed comes twice.
    private static Config Seeds(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithStartSize(1_000).WithEndSize(1_000_000);

    private Dictionary<string, string> Contents()
    {
        var contents = new Dictionary<string, string>(StringComparer.Ordinal);
        void Add(string path)
        {
            if (Machine.Stat(path) is not { } status) return;
            if (status.Kind == FileKind.File) contents.Add(path, Machine.Read(path));
            if (status.Kind == FileKind.Directory)
                foreach (var name in Machine.List(path)) Add(path + "/" + name);
        }
        Add("/srv");
        return contents;
    }

    // On these machines nothing waits, and a law is told synchronously.
    private static T Await<T>(Task<T> task) => task.GetAwaiter().GetResult();
}

public sealed class MemoryLawTests : LawTests
{
    private readonly MemoryMachine _machine = Fleet.Machine();

    protected override IMachine Machine => _machine;

    protected override int States => 1000;

    protected override bool HasOwners => true;

    protected override void Link(string path, string target) => _machine.CreateLink(path, target);
}

public sealed class LocalLawTests : LawTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LocalLawTests()
    {
        _folder.Write("etc/passwd", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n");
        _folder.Write("etc/group", "root:x:0:\nadm:x:4:\n");
        Machine = new LocalMachine("here", _folder.Path);
    }

    protected override IMachine Machine { get; }

    protected override int States => 40;

    protected override bool HasOwners => Environment.IsPrivilegedProcess;

    public void Dispose() => _folder.Dispose();

    protected override void Link(string path, string target) => File.CreateSymbolicLink(_folder.Path + path, target);
}
