namespace Flotilla.Events;

/// <summary>A member that has left, failed or been disposed of was asked to send.</summary>
public sealed class EventBusClosedException(string member, string why)
    : InvalidOperationException($"{member} cannot send: it {why}. Join again under the same name.")
{
    /// <summary>The name of the member.</summary>
    public string Member { get; } = member;
}
