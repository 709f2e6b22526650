namespace Flotilla.Apps.Engines.Real;

/// <summary>Everything that a started program is and has started, however it has detached itself.</summary>
internal abstract class ProcessTree
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The environment variable that marks every process of a tree.</summary>
    public const string TreeVariable = "FLOTILLA_TREE";

    /// <summary>The environment variable that names the state directory whose engine started a process.</summary>
    public const string StateVariable = "FLOTILLA_STATE";

    /// <summary>The value of <see cref="TreeVariable"/>.</summary>
    public required string Mark { get; init; }

    /// <summary>The clock of its waits.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The process that was started, until it is known to be gone.</summary>
    public int? Leader { get; set; }

    /// <summary>A script for <c>/bin/sh -c</c> and the arguments that precede the program's own.</summary>
    public abstract (string Script, IReadOnlyList<string> Arguments) Shim { get; }

    /// <summary>The live processes, zombies left aside.</summary>
    public abstract IReadOnlyList<int> Members();

    /// <summary>Halts or continues every process.</summary>
    public abstract Task FreezeAsync(bool frozen, CancellationToken cancellationToken);

    /// <summary>Sends a signal to every process.</summary>
    public void Signal(int signal)
    {
        foreach (var member in Members()) Signals.Send(member, signal);
    }

    /// <summary>Kills until nothing is left, and removes what the tree was kept in.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!TryKill())
        {
            await Task.Delay(pause, Time, cancellationToken);
            pause = pause * 2 < LastPause ? pause * 2 : LastPause;
        }
        Remove();
    }

    /// <summary>Waits until nothing is left; false when the time is over.</summary>
    public async Task<bool> WaitEmptyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = Time.GetTimestamp();
        while (Members().Count > 0)
        {
            if (Time.GetElapsedTime(begun) >= limit) return false;
            await Task.Delay(LastPause, Time, cancellationToken);
        }
        return true;
    }

    /// <summary>Kills what is there; true when nothing was.</summary>
    protected abstract bool TryKill();

    /// <summary>Removes what the tree was kept in.</summary>
    protected abstract void Remove();
}
