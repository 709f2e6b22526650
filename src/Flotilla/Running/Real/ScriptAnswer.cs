using Flotilla.Events;

namespace Flotilla.Running.Real;

/// <summary>Takes the one answer to a query that came from outside the bus.</summary>
internal sealed class ScriptAnswer : IQueryResponder
{
    private readonly TaskCompletionSource<ScriptReply> _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was said, once it was.</summary>
    public Task<ScriptReply> Said => _said.Task;

    public ValueTask<bool> AnswerAsync(EventPayload answer, CancellationToken cancellationToken) => new(_said.TrySetResult(new ScriptReply(answer.Bytes.ToArray(), null)));

    public ValueTask<bool> FailAsync(string message, CancellationToken cancellationToken) => new(_said.TrySetResult(new ScriptReply(null, message)));

    public ValueTask<bool> DeclineAsync(CancellationToken cancellationToken) => new(_said.TrySetResult(new ScriptReply(null, null)));
}

/// <summary>What a running fleet made of an event that Serf told a script.</summary>
/// <param name="Answer">The answer to a query.</param>
/// <param name="Failure">Why there is none; null with an answer, and when nothing answers such queries.</param>
/// <param name="IsElsewhere">True when the fleet has the event from Serf itself, and answers there.</param>
internal sealed record ScriptReply(byte[]? Answer, string? Failure, bool IsElsewhere = false);
