using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Running;
using Flotilla.Running.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Running.Real;

/// <summary>What other commands ask of a fleet that is up, over its socket.</summary>
public sealed class ControlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_event_is_sent_and_handled()
    {
        var heard = new TaskCompletionSource<string>();
        await WhileUpAsync(web => web.On<UserEvent>("deploy", (e, host) => Task.FromResult(heard.TrySetResult($"{host.Name} {e.Payload.Text}"))), async socket =>
        {
            (await AskAsync(socket, new ControlRequest("send", "deploy", "v2"))).ShouldBe(new ControlReply());
            (await heard.Task).ShouldBe("local v2");
        });
    }

    [Fact]
    public async Task Apps_are_told_with_their_instances() => await WhileUpAsync(_ => { }, async socket =>
        (await AskAsync(socket, new ControlRequest("apps")))!.Instances.ShouldNotBeNull().ShouldBeEmpty());

    [Fact]
    public async Task What_cannot_be_asked_is_answered_with_an_error_and_the_next_question_is_heard() => await WhileUpAsync(_ => { }, async socket =>
    {
        (await AskAsync(socket, new ControlRequest("dance")))!.Error.ShouldBe("\"dance\" is nothing that a running fleet can be asked.");
        (await AskAsync(socket, new ControlRequest("send", new string('x', 10_000))))!.Error.ShouldNotBeNull();
        (await AskAsync(socket, new ControlRequest("apps")))!.Error.ShouldBeNull();
    });

    [Fact]
    public async Task Nobody_answers_when_it_is_down()
    {
        var socket = "";
        await WhileUpAsync(_ => { }, path =>
        {
            File.GetUnixFileMode(socket = path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return Task.CompletedTask;
        });
        (await AskAsync(socket, new ControlRequest("apps"))).ShouldBeNull();
        File.Exists(socket).ShouldBeFalse();
    }

    [Fact]
    public void A_socket_is_one_of_the_folder_and_short_enough()
    {
        var deep = FleetState.Socket("/" + string.Join('/', Enumerable.Repeat("folder", 40)));
        deep.ShouldNotBe(FleetState.Socket("/other"));
        deep.ShouldBe(FleetState.Socket("/" + string.Join('/', Enumerable.Repeat("folder", 40)) + "/x/.."));
        deep.Length.ShouldBeLessThan(108);
    }

    private async Task WhileUpAsync(Action<Role> describe, Func<string, Task> body)
    {
        using var state = FleetState.Open(_folder.Path);
        var violations = new List<string>();
        await using var world = new LocalFleetWorld(state, AppContext.BaseDirectory, violations.Add);
        var runtime = new FleetRuntime(new Fleet("shop").Role("web", describe).Build(), world, new Timeline(world.Time));
        using (ControlServer.Start(FleetState.Socket(state.Folder), runtime))
        {
            await runtime.StartAsync(TestContext.Current.CancellationToken);
            await body(FleetState.Socket(state.Folder));
            await runtime.StopAsync(TestContext.Current.CancellationToken);
        }
        violations.ShouldBeEmpty();
    }

    private static Task<ControlReply?> AskAsync(string socket, ControlRequest request) =>
        ControlClient.AskAsync(socket, request, TestContext.Current.CancellationToken);
}
