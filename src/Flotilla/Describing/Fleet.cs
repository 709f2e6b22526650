using System.Runtime.CompilerServices;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla;

/// <summary>
/// A fleet as its program describes it: hosts, the roles they have, scenarios that try it. Describing touches nothing
/// outside the process; <see cref="RunAsync"/> gives the program its commands.
/// </summary>
public sealed class Fleet
{
    private static readonly Dictionary<string, string> NoTags = [];

    private readonly List<HostDescription> _hosts = [];
    private readonly List<Role> _roles = [];
    private readonly List<ScenarioDescription> _scenarios = [];
    private readonly List<(string Role, HandlerDescription Handler)> _handlers = [];
    private readonly FleetImages _images = new();
    private readonly SourceLocation _declared;

    /// <summary>A fleet of this name: lower-case letters, digits and <c>-</c>.</summary>
    public Fleet(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Name = name;
        _declared = new SourceLocation(file, line);
    }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>Declares a host. A fleet that declares none runs on one host, <c>local</c>, with all roles.</summary>
    /// <param name="name">Lower-case letters, digits and <c>-</c>.</param>
    /// <param name="roles">The roles it has.</param>
    /// <param name="tags">What else members know of it, for handlers that ask for a tag; <c>role</c> is taken.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public Fleet Host(string name, IReadOnlyList<string> roles, IReadOnlyDictionary<string, string>? tags = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        _hosts.Add(new HostDescription(name, roles, tags ?? NoTags, new SourceLocation(file, line)));
        return this;
    }

    /// <summary>Declares a role: what every host that has it looks like, runs, watches and reacts to.</summary>
    public Fleet Role(string name, Action<Role> describe, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var role = new Role(name, new SourceLocation(file, line));
        describe(role);
        _roles.Add(role);
        return this;
    }

    /// <summary>An image that the fleet uses, in the version that <c>images.lock</c> beside the program pins; <c>flotilla lock</c> writes that file.</summary>
    /// <param name="name">The lineage, such as <c>example.com/shop/1.0</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public FleetImage Image(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => _images.Add(name, new SourceLocation(file, line));

    /// <summary>The images named so far: what <c>flotilla lock</c> pins, before the fleet can be built.</summary>
    internal IReadOnlyList<FleetImage> Images => _images.All;

    /// <summary>Declares a handler for a role that may be declared elsewhere: the door for libraries of handlers.</summary>
    public Fleet Add(string role, HandlerDescription handler)
    {
        _handlers.Add((role, handler));
        return this;
    }

    /// <summary>Reacts to user events on the hosts of one role, from outside the role's own description.</summary>
    /// <inheritdoc cref="RoleHandlers.On{T}(Role, string, Func{T, IHost, Task}, HandlerOptions?, string, int)"/>
    public Fleet On<T>(string pattern, string role, Func<T, IHost, Task> react, HandlerOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(role, RoleHandlers.Describe(pattern, react, options, new SourceLocation(file, line)));

    /// <summary>
    /// Declares a scenario, written once: <c>simulate</c> runs it in virtual time, <c>up --scenario</c> for real.
    /// </summary>
    /// <param name="name">Lower-case letters, digits and <c>-</c>.</param>
    /// <param name="play">What happens and what is waited for; it passes unless it throws.</param>
    /// <param name="timeout">After which it has failed; a minute unless given.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public Fleet Scenario(string name, Func<Scenario, Task> play, TimeSpan? timeout = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        _scenarios.Add(new ScenarioDescription(name, play, timeout ?? TimeSpan.FromMinutes(1), new SourceLocation(file, line)));
        return this;
    }

    /// <summary>The finished description.</summary>
    /// <exception cref="ProblemException">Something was said wrong; it names every mistake with its place and a fix.</exception>
    public FleetDescription Build()
    {
        var description = new FleetDescription(
            Name,
            _hosts.Count > 0 ? [.. _hosts] : [new HostDescription("local", [.. _roles.Select(role => role.Name)], NoTags, _declared)],
            [.. _roles.Select(role => role.Describe(_handlers.Where(entry => entry.Role == role.Name).Select(entry => entry.Handler)))],
            [.. _scenarios],
            _declared) { Images = _images.All };
        var problems = FleetValidation.Check(description)
            .Concat(_images.Check())
            .Concat(_handlers
                .Where(entry => _roles.All(role => role.Name != entry.Role))
                .Select(entry => FleetValidation.UnknownRole($"Handler {entry.Handler.Name}", "is for", entry.Role, description.Roles, entry.Handler.Declared)))
            .OrderBy(problem => problem.Where?.File, StringComparer.Ordinal)
            .ThenBy(problem => problem.Where?.Line)
            .ToList();
        return problems.Count == 0 ? description : throw new ProblemException(problems);
    }

    /// <summary>Runs the command that <paramref name="args"/> say: plan, apply, up, simulate, …</summary>
    /// <returns>The exit code for the process.</returns>
    public Task<int> RunAsync(string[] args) => Programs.FleetProgram.RunAsync(this, args);
}
