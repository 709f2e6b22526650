using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>
/// A connection to an agent that comes back after it was lost: it connects anew with growing pauses, opens its streams again,
/// and puts a gap where they were interrupted. For use from many threads.
/// </summary>
public sealed class SerfConnection : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ISerfTransport _transport;
    private readonly SerfOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(string Filter, SerfStream Stream)> _streams = [];
    private readonly Task _supervising;
    private readonly Task _beating;
    private TaskCompletionSource<SerfClient> _next = New();
    private SerfClient _client;
    private bool _isUp = true;

    private SerfConnection(ISerfTransport transport, SerfOptions options, TimeProvider time, Random random, Backoff backoff, SerfClient client)
    {
        _transport = transport;
        _options = options;
        _time = time;
        _random = random;
        _backoff = backoff;
        _client = client;
        _supervising = SuperviseAsync();
        _beating = BeatAsync();
    }

    /// <summary>The pauses that hold unless others are given: from 50 ms to a second.</summary>
    public static Backoff DefaultBackoff { get; } = new(TimeSpan.FromMilliseconds(50), 2, TimeSpan.FromSeconds(1));

    /// <summary>
    /// Called after each return of the connection, once its streams are open again, with how long it was gone. It must
    /// return quickly.
    /// </summary>
    public event Action<SerfInterruption>? Returned;

    /// <summary>The address of the agent.</summary>
    public SerfAddress Agent => _options.Address;

    /// <summary>True while there is a connection.</summary>
    public bool IsUp
    {
        get
        {
            lock (_gate) return _isUp;
        }
    }

    /// <summary>Connects for the first time, which must succeed.</summary>
    /// <param name="transport">The way to the agent.</param>
    /// <param name="options">Where it is.</param>
    /// <param name="time">Limits waits, and stamps interruptions.</param>
    /// <param name="random">Spreads the pauses.</param>
    /// <param name="backoff">The pauses; <see cref="DefaultBackoff"/> unless given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">See <see cref="SerfClient.ConnectAsync"/>.</exception>
    public static async Task<SerfConnection> OpenAsync(
        ISerfTransport transport, SerfOptions options, TimeProvider time, Random random, Backoff? backoff, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(random);
        var client = await SerfClient.ConnectAsync(transport, options, time, cancellationToken);
        return new SerfConnection(transport, options, time, random, backoff ?? DefaultBackoff, client);
    }

    /// <summary>
    /// The present connection; while there is none, the next one. What is asked on it fails when it ends meanwhile.
    /// </summary>
    /// <exception cref="SerfConnectionException">There is none within <see cref="SerfOptions.RequestTimeout"/>, or this was disposed of.</exception>
    public async ValueTask<SerfClient> ClientAsync(CancellationToken cancellationToken)
    {
        Task<SerfClient> next;
        lock (_gate)
        {
            if (_isUp && _client.Failure is null) return _client;
            next = _next.Task;
        }
        var waiting = New();
        await using var limit = _time.CreateTimer(
            _ => waiting.TrySetException(Gone($"there has been no other for {_options.RequestTimeout.TotalSeconds:0.###} s")),
            null, _options.RequestTimeout, Timeout.InfiniteTimeSpan);
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (waiting, token) => ((TaskCompletionSource<SerfClient>)waiting!).TrySetCanceled(token), waiting);
        _ = PassOnAsync(next, waiting);
        return await waiting.Task;
    }

    /// <summary>A connection of its own, for what takes long; the caller disposes of it.</summary>
    /// <exception cref="ProblemException">See <see cref="SerfClient.ConnectAsync"/>.</exception>
    public Task<SerfClient> ApartAsync(CancellationToken cancellationToken) =>
        SerfClient.ConnectAsync(_transport, _options, _time, cancellationToken);

    /// <summary>
    /// A stream of events that outlives connections. After each interruption it has a <see cref="SerfGapRecord"/>, and ends when it or this
    /// is disposed of.
    /// </summary>
    /// <param name="filter">See <see cref="SerfClient.StreamAsync"/>.</param>
    /// <param name="cancellationToken">Gives up opening it.</param>
    public async Task<SerfStream> StreamAsync(string filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var stream = SerfClient.NewEventStream(filter, _options, _time, isDurable: true);
        while (true)
        {
            var client = await ClientAsync(cancellationToken);
            try
            {
                await client.OpenAsync(filter, stream, cancellationToken);
            }
            catch (SerfConnectionException)
            {
                continue;
            }
            lock (_gate)
            {
                // Otherwise another connection has come meanwhile, or comes, without this stream, or none comes any more.
                if (client != _client || !_isUp) continue;
                _streams.Add((filter, stream));
                return stream;
            }
        }
    }

    /// <summary>Closes the connection and ends its streams.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        _stopping.Cancel();
        try
        {
            await _supervising;
            await _beating;
            await _client.DisposeAsync();
        }
        finally
        {
            // Whatever went wrong: who reads a stream must learn that nothing more comes.
            EndStreams();
            _stopping.Dispose();
        }
    }

    private void EndStreams()
    {
        SerfStream[] streams;
        lock (_gate)
        {
            streams = [.. _streams.Select(stream => stream.Stream)];
            _isUp = false;
            _next.TrySetException(Gone("it was closed here"));
            // Nobody may be waiting for it.
            _ = _next.Task.Exception;
        }
        foreach (var stream in streams) stream.End(null);
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                var reason = await EndOfAsync(_client);
                var since = _time.GetUtcNow();
                lock (_gate) _isUp = false;
                await _client.DisposeAsync();
                var attempts = await ComeBackAsync(since);
                Returned?.Invoke(new SerfInterruption(reason.Reason, since, _time.GetUtcNow(), attempts));
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
    }

    private async Task<SerfConnectionException> EndOfAsync(SerfClient client)
    {
        var ended = new TaskCompletionSource<SerfConnectionException>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stop = _stopping.Token.UnsafeRegister(
            static (ended, token) => ((TaskCompletionSource<SerfConnectionException>)ended!).TrySetCanceled(token), ended);
        _ = PassOnAsync(client.EndedAsync(), ended);
        return await ended.Task;
    }

    /// <summary>Tries until there is a connection with all streams; says how often it tried.</summary>
    private async Task<int> ComeBackAsync(DateTimeOffset since)
    {
        for (var attempt = 0; ; attempt++)
        {
            await Task.Delay(_backoff.Delay(attempt, _random), _time, _stopping.Token);
            SerfClient? client = null;
            try
            {
                client = await ApartAsync(_stopping.Token);
                await ReopenAsync(client, since);
                lock (_gate)
                {
                    _client = client;
                    _isUp = true;
                    _next.TrySetResult(client);
                    _next = New();
                }
                return attempt + 1;
            }
            catch (Exception error) when (error is ProblemException or SerfException or IOException or TimeoutException)
            {
                if (client is not null) await client.DisposeAsync();
            }
            catch
            {
                if (client is not null) await client.DisposeAsync();
                throw;
            }
        }
    }

    private async Task ReopenAsync(SerfClient client, DateTimeOffset since)
    {
        (string Filter, SerfStream Stream)[] streams;
        lock (_gate)
        {
            _streams.RemoveAll(stream => stream.Stream.IsEnded);
            streams = [.. _streams];
        }
        foreach (var (filter, stream) in streams)
        {
            stream.Push(new SerfGapRecord(SerfGapCause.Disconnected, null, since, _time.GetUtcNow()));
            await client.OpenAsync(filter, stream, _stopping.Token);
        }
    }

    /// <summary>Notices an agent that has stopped without closing the connection.</summary>
    private async Task BeatAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.HeartbeatInterval, _time, _stopping.Token);
                SerfClient client;
                lock (_gate) client = _client;
                if (client.Failure is not null) continue;
                await BeatAsync(client);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
    }

    private async Task BeatAsync(SerfClient client)
    {
        using var limit = new CancellationTokenSource(_options.HeartbeatTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        try
        {
            await client.BeatAsync(either.Token);
        }
        catch (SerfConnectionException) { }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            client.Abandon($"the agent has given no sign of life for {_options.HeartbeatTimeout.TotalSeconds:0.###} s");
        }
    }

    private SerfConnectionException Gone(string reason) => new(Agent, reason);

    private static async Task PassOnAsync<T>(Task<T> from, TaskCompletionSource<T> to)
    {
        try
        {
            to.TrySetResult(await from);
        }
        catch (SerfConnectionException error)
        {
            to.TrySetException(error);
        }
    }

    private static TaskCompletionSource<SerfClient> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A time without a connection to the agent.</summary>
/// <param name="Reason">What ended the connection, as a clause.</param>
/// <param name="From">When it ended.</param>
/// <param name="Until">When the next one stood.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record SerfInterruption(string Reason, DateTimeOffset From, DateTimeOffset Until, int Attempts);
