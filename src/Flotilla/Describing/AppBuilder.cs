using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>An app while it is described.</summary>
public sealed class AppBuilder
{
    private readonly List<PortDescription> _ports = [];
    private readonly List<KeyValuePair<string, string>> _environment = [];
    private readonly List<KeyValuePair<string, ResourceId>> _files = [];
    private readonly List<ResourceId> _restartOn = [];
    private readonly List<FaultSwitch> _faults = [];
    private AppDescription _app;
    private bool _onEveryHost;

    internal AppBuilder(string name, SourceLocation declared) => _app = new AppDescription { Name = name, Declared = declared };

    /// <summary>The program and its arguments, run without a shell in the folder of the built fleet.</summary>
    public AppBuilder Command(string program, params IReadOnlyList<string> arguments) =>
        With(_app with { Program = program, Arguments = arguments });

    /// <summary>Another folder to run in: absolute, or below the folder of the built fleet.</summary>
    public AppBuilder WorkingDirectory(string path) => With(_app with { WorkingDirectory = path });

    /// <summary>How many run, spread over the hosts of the role; 1 unless said.</summary>
    public AppBuilder Instances(int count)
    {
        _onEveryHost = false;
        return With(_app with { Instances = count });
    }

    /// <summary>How many run on each host of the role.</summary>
    public AppBuilder OnEveryHost(int count = 1)
    {
        _onEveryHost = true;
        return With(_app with { Instances = count });
    }

    /// <summary>A port by name: a free one unless a number is given. The app finds it in <c>PORT_NAME</c>, the first one in <c>PORT</c> too.</summary>
    public AppBuilder Port(string name, int? number = null)
    {
        _ports.Add(new PortDescription(name, number));
        return this;
    }

    /// <summary>An environment variable.</summary>
    public AppBuilder Environment(string name, string value)
    {
        _environment.Add(new(name, value));
        return this;
    }

    /// <summary>An environment variable that says where a resource stands on the host.</summary>
    public AppBuilder Environment(string name, Resource place)
    {
        ArgumentNullException.ThrowIfNull(place);
        _files.Add(new(name, place.Id));
        return this;
    }

    /// <summary>How it is known to be healthy; see <see cref="Http.Get"/>, <see cref="Tcp.Connect"/> and <see cref="Shell.Succeeds"/>.</summary>
    /// <param name="check">What is asked.</param>
    /// <param name="every">The time between two checks; 10 seconds unless given.</param>
    /// <param name="timeout">After which a check has failed; 5 seconds unless given.</param>
    /// <param name="grace">How long failures do not count before the first success; 30 seconds unless given.</param>
    /// <param name="failures">How many failures in a row make it unhealthy, and replace it; 0 to report only.</param>
    public AppBuilder HealthCheck(HealthCheck check, TimeSpan? every = null, TimeSpan? timeout = null, TimeSpan? grace = null, int? failures = null)
    {
        ArgumentNullException.ThrowIfNull(check);
        return With(_app with
        {
            Health = check with
            {
                Interval = every ?? check.Interval,
                Timeout = timeout ?? (every < check.Timeout ? every.Value : check.Timeout),
                Grace = grace ?? check.Grace,
                FailureLimit = failures ?? check.FailureLimit,
            },
        });
    }

    /// <summary>How long to wait before restarting what keeps failing; see <see cref="RestartPolicy"/>.</summary>
    public AppBuilder Restart(Backoff backoff, TimeSpan? stableAfter = null) =>
        With(_app with { Restart = new RestartPolicy(backoff, stableAfter ?? TimeSpan.FromSeconds(10)) });

    /// <summary>Restarts the app, one instance after the other, when a resource changes.</summary>
    public AppBuilder RestartOn(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        _restartOn.Add(resource.Id);
        return this;
    }

    /// <summary>The time between asking an instance to stop and killing it; 10 seconds unless said.</summary>
    public AppBuilder StopGrace(TimeSpan grace) => With(_app with { StopGrace = grace });

    /// <summary>How much of an instance's output is kept.</summary>
    public AppBuilder Log(long bytesMax, int keep) => With(_app with { Log = new LogPolicy(bytesMax, keep) });

    /// <summary>How a scenario makes a real instance misbehave; in simulation the model does it.</summary>
    public AppBuilder Fault(string name, HttpCallTemplate request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _faults.Add(new FaultSwitch(name, request));
        return this;
    }

    /// <summary>How an instance behaves in simulation: healthy and without metrics unless said.</summary>
    public AppBuilder Simulate(Func<AppModel, AppModel> model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return With(_app with { Model = model(_app.Model) });
    }

    internal AppDeclaration Build() => new(
        _app with { Ports = [.. _ports], Environment = [.. _environment], Faults = [.. _faults] },
        _onEveryHost, [.. _restartOn], [.. _files]);

    private AppBuilder With(AppDescription app)
    {
        _app = app;
        return this;
    }
}
