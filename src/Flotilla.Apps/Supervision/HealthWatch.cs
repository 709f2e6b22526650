using Flotilla.Core;

namespace Flotilla.Apps;

/// <summary>Asks one run after its health until it has failed too often.</summary>
internal sealed class HealthWatch(AppDescription app, IEngine engine, TimeProvider time)
{
    private static readonly TimeSpan StartInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>Whether the run has passed at least once.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>Returns the reason when the limit of failures is reached, null when cancelled.</summary>
    /// <param name="instance">The run that is asked.</param>
    /// <param name="observe">Gets the status after every answer, and what was seen.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task<string?> RunAsync(IInstance instance, Action<InstanceStatus, string> observe, CancellationToken cancellationToken)
    {
        var check = app.Health!;
        var started = time.GetTimestamp();
        var startInterval = check.Interval < StartInterval ? check.Interval : StartInterval;
        var failures = 0;
        try
        {
            while (true)
            {
                await Task.Delay(HasPassed ? check.Interval : startInterval, time, cancellationToken);
                var answer = await ProbeAsync(instance, check, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (answer.Passed)
                {
                    HasPassed = true;
                    failures = 0;
                    observe(InstanceStatus.Healthy, answer.Text);
                    continue;
                }
                if (!HasPassed && time.GetElapsedTime(started) < check.Grace)
                {
                    observe(InstanceStatus.Starting, answer.Text);
                    continue;
                }
                failures++;
                var reason = failures == 1 ? answer.Text : $"{answer.Text} ({failures} failures in a row)";
                if (check.FailureLimit > 0 && failures >= check.FailureLimit) return reason;
                if (check.FailureLimit == 0) observe(InstanceStatus.Unhealthy, reason);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<ProbeResult> ProbeAsync(IInstance instance, HealthCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.ProbeAsync(instance, check, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvariantException))
        {
            // Whatever an engine throws, it is no reason to look after the app no more.
            return new ProbeResult(false, e.Message);
        }
    }
}
