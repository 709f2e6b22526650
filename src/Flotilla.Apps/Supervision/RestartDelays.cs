namespace Flotilla.Apps;

/// <summary>Decides how long to wait before the next run of one instance.</summary>
internal sealed class RestartDelays(AppDescription app, Random random)
{
    private int _inARow;

    /// <summary>The delay that was decided on last.</summary>
    public TimeSpan Last { get; private set; }

    /// <summary>After a run that ended or was unhealthy; <paramref name="worked"/> says that it was well at some time.</summary>
    public TimeSpan AfterRun(TimeSpan ran, bool worked)
    {
        var stable = app.Restart.StableAfter > Last ? app.Restart.StableAfter : Last;
        if (worked && ran >= stable) _inARow = 0;
        return Next();
    }

    /// <summary>A start that failed is never tried again at once: what it lacks is hardly there a moment later.</summary>
    public TimeSpan AfterFailedStart()
    {
        _inARow = Math.Max(1, _inARow);
        return Next();
    }

    /// <summary>Begins anew: someone asked for the next start.</summary>
    public void Forget()
    {
        _inARow = 0;
        Last = TimeSpan.Zero;
    }

    private TimeSpan Next()
    {
        Last = _inARow == 0 ? TimeSpan.Zero : app.Restart.Backoff.Delay(_inARow - 1, random);
        _inARow++;
        return Last;
    }
}
