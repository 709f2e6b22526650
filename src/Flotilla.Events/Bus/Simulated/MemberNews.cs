namespace Flotilla.Events;

/// <summary>
/// Holds changes of membership back as Serf's agents do (<c>serf/coalesce_member.go</c>): until it has been quiet for a while, at most
/// for a set time; of each member only the latest change is announced, and not when it is the one announced before, updates excepted.
/// </summary>
internal sealed class MemberNews(SimulatedBus fleet, Action<MemberEvent> announce)
{
    private readonly SortedDictionary<string, MemberEvent> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberChange> _announced = new(StringComparer.Ordinal);
    private DateTimeOffset _first;
    private int _round;

    public void Add(MemberEvent news)
    {
        if (fleet.Options.CoalesceQuiet == TimeSpan.Zero)
        {
            announce(news);
            return;
        }
        var now = fleet.Time.GetUtcNow();
        if (_held.Count == 0) _first = now;
        _held[news.Member.Name] = news;
        var latest = _first + fleet.Options.CoalesceMax - now;
        var round = ++_round;
        fleet.After(latest < fleet.Options.CoalesceQuiet ? latest : fleet.Options.CoalesceQuiet, () =>
        {
            if (round == _round) Flush();
        });
    }

    private void Flush()
    {
        MemberEvent[] due = [.. _held.Values.Where(news =>
            news.Change == MemberChange.Update || !_announced.TryGetValue(news.Member.Name, out var before) || before != news.Change)];
        _held.Clear();
        // Serf announces one kind of change after the other, in the order of a hash table.
        fleet.Shuffle(due);
        foreach (var news in due)
        {
            _announced[news.Member.Name] = news.Change;
            announce(news);
        }
    }
}
