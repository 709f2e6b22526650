namespace Flotilla.Apps.Engines.Real;

/// <summary>
/// A process tree found by looking through the table of processes: those whose environment has the mark, and all
/// descendants of those. A process that both clears its environment and outlives its parent escapes it.
/// </summary>
internal sealed class TableTree : ProcessTree
{
    public override (string Script, IReadOnlyList<string> Arguments) Shim => ("exec setsid \"$@\" < /dev/null", []);

    public override IReadOnlyList<int> Members() => [.. Find().Select(process => process.Id)];

    public override async Task FreezeAsync(bool frozen, CancellationToken cancellationToken)
    {
        // A process may fork while others are being halted: look again until all are. Who waits for a child between vfork and
        // exec is in state D for as long as that child is halted, and runs nothing of its own: it counts as halted.
        var sent = new HashSet<int>();
        while (true)
        {
            var others = Find().Where(process => process.IsStopped != frozen && !(frozen && process.State == 'D' && sent.Contains(process.Id))).ToList();
            others.RemoveAll(process => !Signals.Send(process.Id, frozen ? Signals.Stop : Signals.Continue));
            if (others.Count == 0) return;
            sent.UnionWith(others.Select(process => process.Id));
            await Task.Delay(TimeSpan.FromMilliseconds(1), Time, cancellationToken);
        }
    }

    protected override bool TryKill()
    {
        // Who cannot be signalled is another user's now, and beyond reach.
        var members = Find();
        members.RemoveAll(process => !Signals.Send(process.Id, Signals.Kill));
        return members.Count == 0 && Leader is null;
    }

    protected override void Remove() { }

    private List<ProcessTable.Entry> Find() => ProcessTable.Find(TreeVariable, Mark, Leader);
}
