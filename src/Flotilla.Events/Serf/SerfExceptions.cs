namespace Flotilla.Events.Serf;

/// <summary>The agent refused a command.</summary>
/// <param name="command">The command of the protocol, for example <c>join</c>.</param>
/// <param name="agent">The address of the agent.</param>
/// <param name="reason">What the agent said, in its own words.</param>
public sealed class SerfException(string command, SerfAddress agent, string reason)
    : Exception($"The Serf agent at {agent} refused \"{command}\": {reason.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal)}")
{
    /// <summary>The command of the protocol.</summary>
    public string Command { get; } = command;

    /// <summary>The address of the agent.</summary>
    public SerfAddress Agent { get; } = agent;

    /// <summary>What the agent said, in its own words.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The connection to the agent has ended. What was under way may or may not have been done.</summary>
/// <param name="agent">The address of the agent.</param>
/// <param name="reason">What ended it, as a clause: <c>the agent closed it</c>.</param>
/// <param name="inner">What the network said.</param>
public sealed class SerfConnectionException(SerfAddress agent, string reason, Exception? inner = null)
    : IOException($"The connection to the Serf agent at {agent} has ended: {reason}.", inner)
{
    /// <summary>The address of the agent.</summary>
    public SerfAddress Agent { get; } = agent;

    /// <summary>What ended it.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The agent did not answer in time. What was asked may still be done.</summary>
/// <param name="command">The command of the protocol.</param>
/// <param name="agent">The address of the agent.</param>
/// <param name="waited">How long it was waited for.</param>
public sealed class SerfTimeoutException(string command, SerfAddress agent, TimeSpan waited)
    : TimeoutException($"The Serf agent at {agent} did not answer \"{command}\" within {waited.TotalSeconds:0.###} s.")
{
    /// <summary>The command of the protocol.</summary>
    public string Command { get; } = command;

    /// <summary>The address of the agent.</summary>
    public SerfAddress Agent { get; } = agent;
}
