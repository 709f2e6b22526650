namespace Flotilla.Events.Serf;

/// <summary>
/// Sees from the Lamport times of user events which never came. A time that is missing for longer than the grace, or is older
/// than what agents still accept, counts as lost. The owner guards it.
/// </summary>
/// <remarks>
/// Each user event takes the time after the latest that its agent has seen, so that on an unfiltered stream the times have
/// no holes; two members that send at once use one time twice, which makes none.
/// </remarks>
internal sealed class LamportWatch(TimeSpan grace)
{
    // Agents keep as many times to recognise duplicates, and drop what is older.
    private const ulong Window = 512;

    private readonly SortedDictionary<ulong, DateTimeOffset> _missing = [];
    private ulong _latest;

    /// <summary>When the oldest missing one counts as lost; null when none is missing.</summary>
    public DateTimeOffset? NextLoss => _missing.Count == 0 ? null : _missing.Values.Min() + grace;

    /// <summary>Notes that an event came. How many count as lost by now, and since when.</summary>
    public (long Lost, DateTimeOffset Since) Note(ulong time, DateTimeOffset now)
    {
        (long Lost, DateTimeOffset Since) beyond = (0, now);
        if (_latest == 0)
        {
            _latest = time;
        }
        else if (time <= _latest)
        {
            _missing.Remove(time);
        }
        else
        {
            var first = _latest + 1;
            if (time - first > Window)
            {
                beyond = ((long)(time - first - Window), now);
                first = time - Window;
            }
            for (var absent = first; absent < time; absent++) _missing.Add(absent, now);
            _latest = time;
        }
        return Sum(beyond, Expired(now));
    }

    /// <summary>How many count as lost by now, and since when.</summary>
    public (long Lost, DateTimeOffset Since) Expired(DateTimeOffset now)
    {
        (long Lost, DateTimeOffset Since) lost = (0, now);
        foreach (var (time, since) in _missing.ToArray())
        {
            if (since + grace > now && time + Window >= _latest) continue;
            _missing.Remove(time);
            lost = Sum(lost, (1, since));
        }
        return lost;
    }

    /// <summary>What follows has nothing to do with what was before.</summary>
    public void Restart()
    {
        _missing.Clear();
        _latest = 0;
    }

    private static (long Lost, DateTimeOffset Since) Sum((long Lost, DateTimeOffset Since) one, (long Lost, DateTimeOffset Since) other) =>
        (one.Lost + other.Lost, one.Since < other.Since ? one.Since : other.Since);
}
