using System.Diagnostics;

namespace Flotilla.Detection.Bench.Real;

/// <summary>
/// Threads that take one job after the other, and one that watches them. A thread whose detector does not return is left
/// behind (it is a background thread, so the process ends all the same) and another takes its place.
/// </summary>
internal sealed class BenchWorkers
{
    /// <summary>A detector that did not return on so many series is not tried on the others: each such thread may burn a core until the process ends.</summary>
    private const int LeftBehindMax = 3;

    /// <summary>How often a detector must be seen at the same point: a machine that stood still has seen it once.</summary>
    private const int Looks = 10;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Queue<PairJob> _waiting;
    private readonly List<Worker> _workers = [];
    private readonly Dictionary<string, int> _leftBehind = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _pointTimeout;
    private readonly IProgress<BenchProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly int _total;
    private readonly double _work;
    private double _workDone;
    private double _shareTold;
    private int _jobsDone;

    private BenchWorkers(IReadOnlyList<PairJob> jobs, TimeSpan pointTimeout, IProgress<BenchProgress>? progress, CancellationToken cancellationToken)
    {
        _waiting = new(jobs);
        _total = jobs.Count;
        _work = jobs.Sum(Weight);
        _pointTimeout = pointTimeout;
        _progress = progress;
        _cancellation = cancellationToken;
    }

    /// <summary>
    /// Runs the jobs in their order, <paramref name="parallelism"/> at a time. Ends when all have ended, or at once when it is
    /// cancelled; jobs that have no result then never get one that counts.
    /// </summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> RunAsync(
        IReadOnlyList<PairJob> jobs, int parallelism, TimeSpan pointTimeout, IProgress<BenchProgress>? progress, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        if (jobs.Count == 0) return default;
        var workers = new BenchWorkers(jobs, pointTimeout, progress, cancellationToken);
        await using (cancellationToken.Register(() => workers._done.TrySetResult()))
        {
            for (var i = 0; i < Math.Min(parallelism, jobs.Count); i++) workers.StartWorker();
            Start(workers.Watch, "bench watch");
            await workers._done.Task;
        }
        return Stopwatch.GetElapsedTime(start);
    }

    private static void Start(ThreadStart work, string name) => new Thread(work) { IsBackground = true, Name = name }.Start();

    private static double Weight(PairJob job) => 1 + job.Series.Bytes;

    private void StartWorker()
    {
        var worker = new Worker();
        lock (_lock) _workers.Add(worker);
        Start(() => Work(worker), "bench");
    }

    private void Work(Worker worker)
    {
        try
        {
            while (Take(worker) is { } job)
            {
                job.Run(_cancellation);
                if (!Finish(worker, job)) return;
            }
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Not a detector's, those are caught in the job: a bug here, which must not look like a result.
            _done.TrySetException(e);
        }
    }

    private PairJob? Take(Worker worker)
    {
        while (true)
        {
            PairJob job;
            lock (_lock)
            {
                if (_cancellation.IsCancellationRequested || !_waiting.TryDequeue(out job!)) return null;
                worker.Take(job);
                if (_leftBehind.GetValueOrDefault(job.Detector) < LeftBehindMax) return job;
            }
            job.Series.Open(_cancellation);
            job.Skip($"was not tried: it did not return on {LeftBehindMax} other series");
            Finish(worker, job);
        }
    }

    // False when the job was given up, and this thread with it.
    private bool Finish(Worker worker, PairJob job)
    {
        lock (_lock)
        {
            if (!_workers.Contains(worker)) return false;
            worker.Take(null);
            Count(job);
        }
        job.Series.Close();
        return true;
    }

    private void Count(PairJob job)
    {
        _workDone += Weight(job);
        if (++_jobsDone == _total) _done.TrySetResult();
    }

    private void Watch()
    {
        var every = _pointTimeout / Looks < ProgressEvery ? _pointTimeout / Looks : ProgressEvery;
        while (Task.WaitAny([_done.Task], every) < 0)
        {
            Tell();
            List<Worker> workers;
            lock (_lock) workers = [.. _workers];
            foreach (var worker in workers)
                if (worker.StuckAt(_pointTimeout) is var (job, turn) && job.GiveUp(turn, _pointTimeout)) LeaveBehind(worker, job);
        }
        Tell();
    }

    private void LeaveBehind(Worker worker, PairJob job)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
            _leftBehind[job.Detector] = _leftBehind.GetValueOrDefault(job.Detector) + 1;
            Count(job);
        }
        job.Series.Close();
        StartWorker();
    }

    private void Tell()
    {
        if (_progress is null) return;
        int done;
        double share;
        lock (_lock)
        {
            done = _jobsDone;
            share = (_workDone + _workers.Sum(worker => worker.Job is { } job ? job.Share * Weight(job) : 0)) / _work;
        }
        _shareTold = Math.Max(_shareTold, Math.Min(1, share));
        _progress.Report(new(done, _total, _shareTold));
    }

    private sealed class Worker
    {
        private long _turn;
        private long _since;
        private int _seen;

        public PairJob? Job { get; private set; }

        public void Take(PairJob? job)
        {
            Job = job;
            _seen = 0;
        }

        /// <summary>The job, and where it stands, when its detector has had the turn for longer than the limit.</summary>
        public (PairJob Job, long Turn)? StuckAt(TimeSpan limit)
        {
            if (Job is not { } job) return null;
            var turn = job.Turn;
            if (turn % 2 != 0 || turn != _turn || _seen == 0)
            {
                (_turn, _since, _seen) = (turn, Stopwatch.GetTimestamp(), 1);
                return null;
            }
            return ++_seen > Looks && Stopwatch.GetElapsedTime(_since) >= limit ? (job, turn) : null;
        }
    }
}
