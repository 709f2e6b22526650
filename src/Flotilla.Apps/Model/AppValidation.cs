using Flotilla.Core;

namespace Flotilla.Apps;

/// <summary>What can be said wrong in an <see cref="AppDescription"/>.</summary>
internal static class AppValidation
{
    private const int PortMax = 65535;

    public static IEnumerable<Problem> Check(AppDescription app) =>
        Itself(app).Concat(Ports(app)).Concat(Environment(app)).Concat(Health(app)).Concat(Policies(app)).Concat(Faults(app));

    private static IEnumerable<Problem> Itself(AppDescription app)
    {
        if (!IsName(app.Name))
            yield return new($"An app cannot be called \"{app.Name}\".", app.Declared, Fix: "Use lower-case letters, digits and inner hyphens.");
        else if (app.Name.Length > AppDescription.NameLengthMax)
            yield return new($"The name of app \"{app.Name}\" has {app.Name.Length} characters.", app.Declared,
                Fix: $"Use at most {AppDescription.NameLengthMax}.");
        if (app.Instances is < 0 or > AppDescription.InstancesMax)
            yield return new($"App \"{app.Name}\" cannot have {app.Instances} instances.", app.Declared,
                Fix: $"Use 0 to {AppDescription.InstancesMax}.");
        if (app.Program is { } program && string.IsNullOrWhiteSpace(program))
            yield return new($"The program of app \"{app.Name}\" is empty.", app.Declared, Fix: "Give the name of a program, or its path.");
    }

    private static IEnumerable<Problem> Ports(AppDescription app)
    {
        foreach (var port in app.Ports.Where(port => !IsName(port.Name)))
            yield return new($"A port of app \"{app.Name}\" cannot be called \"{port.Name}\".", app.Declared,
                Fix: "Use lower-case letters, digits and inner hyphens.");
        foreach (var twice in app.Ports.GroupBy(port => port.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            yield return new($"App \"{app.Name}\" has {twice.Count()} ports called \"{twice.Key}\".", app.Declared,
                Fix: "Give each its own name.");
        foreach (var port in app.Ports.Where(port => port.Number is < 1 or > PortMax))
            yield return new($"Port \"{port.Name}\" of app \"{app.Name}\" cannot have number {port.Number}.", app.Declared,
                Fix: $"Use 1 to {PortMax}, or leave it out to get a free one.");
        foreach (var twice in app.Ports.Where(port => port.Number is not null).GroupBy(port => port.Number).Where(same => same.Count() > 1))
            yield return new(
                $"Ports {string.Join(" and ", twice.Select(port => $"\"{port.Name}\""))} of app \"{app.Name}\" have the same number {twice.Key}.",
                app.Declared, Fix: "Give each its own number.");
    }

    private static IEnumerable<Problem> Environment(AppDescription app)
    {
        foreach (var (name, _) in app.Environment.Where(variable => variable.Key.Length == 0 || variable.Key.Contains('=') || variable.Key.Contains('\0')))
            yield return new($"App \"{app.Name}\" sets an environment variable called \"{name}\".", app.Declared,
                Why: "Such a name cannot be set.", Fix: "Use a name without \"=\".");
    }

    private static IEnumerable<Problem> Health(AppDescription app)
    {
        if (app.Health is not { } check) yield break;
        var names = app.Ports.Select(port => port.Name).ToList();
        if (check.Port is { } port && !names.Contains(port, StringComparer.Ordinal))
            yield return new($"The health check of app \"{app.Name}\" uses port \"{port}\", which the app does not have.", app.Declared,
                Fix: Suggestion.Sentence(port, names));
        else if (check is not CommandHealthCheck && names.Count == 0)
            yield return new($"App \"{app.Name}\" has a health check and no port to ask.", app.Declared,
                Fix: "Add a port, or check with a command.");
        if (check is HttpHealthCheck http && !http.Path.StartsWith('/'))
            yield return new($"The health check of app \"{app.Name}\" asks for \"{http.Path}\".", app.Declared,
                Fix: $"Begin the path with a slash: \"/{http.Path}\".");
        if (check is CommandHealthCheck command && string.IsNullOrWhiteSpace(command.Program))
            yield return new($"The health check of app \"{app.Name}\" has no program.", app.Declared,
                Fix: "Give the name of a program, or its path.");
        if (check.Interval <= TimeSpan.Zero) yield return NotPositive(app, "interval of the health check", check.Interval);
        if (check.Timeout <= TimeSpan.Zero) yield return NotPositive(app, "timeout of the health check", check.Timeout);
        if (check.Grace < TimeSpan.Zero) yield return Negative(app, "grace of the health check", check.Grace);
        if (check.FailureLimit < 0)
            yield return new($"The failure limit of the health check of app \"{app.Name}\" is {check.FailureLimit}.", app.Declared,
                Fix: "Use a positive number, or 0 to report only.");
    }

    private static IEnumerable<Problem> Policies(AppDescription app)
    {
        if (app.StopGrace < TimeSpan.Zero) yield return Negative(app, "stop grace", app.StopGrace);
        if (app.Restart.StableAfter < TimeSpan.Zero) yield return Negative(app, "time to be stable", app.Restart.StableAfter);
        if (app.Restart.Backoff.Initial < TimeSpan.Zero) yield return Negative(app, "first restart delay", app.Restart.Backoff.Initial);
        if (app.Restart.Backoff.Factor < 1)
            yield return new($"The restart delays of app \"{app.Name}\" shrink (factor {app.Restart.Backoff.Factor}).", app.Declared,
                Fix: "Use a factor of 1 or more.");
        if (app.Restart.Backoff.Jitter is < 0 or > 1)
            yield return new($"The jitter of the restart delays of app \"{app.Name}\" is {app.Restart.Backoff.Jitter}.", app.Declared,
                Fix: "Use 0 to 1.");
        if (app.Log.BytesMax <= 0)
            yield return new($"The log files of app \"{app.Name}\" may have {app.Log.BytesMax} bytes.", app.Declared, Fix: "Use a positive number.");
        if (app.Log.Keep < 0)
            yield return new($"App \"{app.Name}\" keeps {app.Log.Keep} old log files.", app.Declared, Fix: "Use 0 or more.");
    }

    private static IEnumerable<Problem> Faults(AppDescription app)
    {
        var names = app.Ports.Select(port => port.Name).ToList();
        foreach (var fault in app.Faults)
        {
            if (!fault.Call.Path.StartsWith('/'))
                yield return new($"Fault \"{fault.Name}\" of app \"{app.Name}\" asks for \"{fault.Call.Path}\".", app.Declared,
                    Fix: $"Begin the path with a slash: \"/{fault.Call.Path}\".");
            if (fault.Call.Port is { } port && !names.Contains(port, StringComparer.Ordinal))
                yield return new($"Fault \"{fault.Name}\" of app \"{app.Name}\" uses port \"{port}\", which the app does not have.", app.Declared,
                    Fix: Suggestion.Sentence(port, names));
        }
        foreach (var twice in app.Faults.GroupBy(fault => fault.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            yield return new($"App \"{app.Name}\" has {twice.Count()} faults called \"{twice.Key}\".", app.Declared, Fix: "Give each its own name.");
    }

    private static Problem NotPositive(AppDescription app, string what, TimeSpan value) =>
        new($"The {what} of app \"{app.Name}\" is {value.TotalSeconds:0.###} s.", app.Declared, Fix: "Use more than zero.");

    private static Problem Negative(AppDescription app, string what, TimeSpan value) =>
        new($"The {what} of app \"{app.Name}\" is {value.TotalSeconds:0.###} s.", app.Declared, Fix: "Use zero or more.");

    /// <summary><c>[a-z0-9]([a-z0-9-]*[a-z0-9])?</c>, as Marathon names apps.</summary>
    internal static bool IsName(string name) =>
        name.Length > 0 && name[0] != '-' && name[^1] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
