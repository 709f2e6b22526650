using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla;

/// <summary>Handlers, as words of a role. Each runs on every host of the role that receives the event.</summary>
public static class RoleHandlers
{
    /// <summary>Reacts to user events.</summary>
    /// <typeparam name="T"><see cref="UserEvent"/> for the event itself, else the type its JSON payload is read as, for example <see cref="Anomaly"/>.</typeparam>
    /// <param name="role">The role whose hosts react.</param>
    /// <param name="pattern">The event's name; <c>*</c> and <c>?</c> stand for letters.</param>
    /// <param name="react">The reaction. What it throws is recorded in the journal.</param>
    /// <param name="options">Limits, order, retries.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Role On<T>(this Role role, string pattern, Func<T, IHost, Task> react, HandlerOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        return role.Add(Describe(pattern, react, options, new SourceLocation(file, line)));
    }

    /// <summary>Reacts to the events that a filter chooses: by a tag of the host, by the role of the origin, or as the default when nothing else fits.</summary>
    /// <inheritdoc cref="On{T}(Role, string, Func{T, IHost, Task}, HandlerOptions?, string, int)"/>
    public static Role On<T>(this Role role, EventFilter filter, Func<T, IHost, Task> react, HandlerOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        return role.Add(Describe(filter, react, options, new SourceLocation(file, line)));
    }

    /// <summary>Reacts to changes of membership; to all of them when none is named.</summary>
    public static Role OnMember(this Role role, MemberChange[] changes, Func<MemberEvent, IHost, Task> react, HandlerOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(changes);
        var filter = EventFilter.Members(changes);
        return role.Add(new HandlerDescription($"on {filter}", filter, async (e, host, _) =>
        {
            await react((MemberEvent)e, host);
            return null;
        }, options ?? new HandlerOptions(), new SourceLocation(file, line)));
    }

    /// <summary>Answers queries of a name. What it throws is the answer's error.</summary>
    public static Role Answer<T>(this Role role, string pattern, Func<QueryEvent, IHost, Task<T>> answer, HandlerOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        var filter = EventFilter.Query(pattern);
        return role.Add(new HandlerDescription($"on {filter}", filter,
            async (e, host, _) => await answer((QueryEvent)e, host), options ?? new HandlerOptions(), new SourceLocation(file, line)));
    }

    /// <summary>A handler that is a class, so that it can be shared and tested alone.</summary>
    public static Role Handle<T>(this Role role, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : IHandler, new()
    {
        ArgumentNullException.ThrowIfNull(role);
        return Add(role, typeof(T), () => new T(), new SourceLocation(file, line));
    }

    /// <inheritdoc cref="Handle{T}"/>
    public static Role Handle(this Role role, IHandler handler, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(role, handler.GetType(), () => handler, new SourceLocation(file, line));
    }

    // A handler's own code runs here. What it throws is a mistake in the fleet, told with the others and with its place.
    private static Role Add(Role role, Type type, Func<IHandler> make, SourceLocation declared)
    {
        try
        {
            var handler = make();
            return role.Add(new HandlerDescription(type.Name, handler.Filter, handler.HandleAsync, handler.Options, declared));
        }
        catch (Exception e)
        {
            var thrown = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            var at = new StackTrace(thrown, fNeedFileInfo: true).GetFrame(0);
            var place = at?.GetFileName() is { } source ? $", at {new SourceLocation(source, at.GetFileLineNumber())}" : "";
            return role.Refuse(new Problem($"Handler {type.Name} of role \"{role.Name}\" cannot be made.", declared,
                $"{(at?.GetMethod() is { IsConstructor: true } ? "Its constructor" : "It")} threw {thrown.GetType().Name}: {thrown.Message.TrimEnd('.')}{place}.",
                "Let it begin its work in HandleAsync, where the host is at hand; a constructor also runs where the fleet is only planned or tested."));
        }
    }

    internal static HandlerDescription Describe<T>(string pattern, Func<T, IHost, Task> react, HandlerOptions? options, SourceLocation declared) =>
        Describe(EventFilter.User(pattern), react, options, declared);

    private static HandlerDescription Describe<T>(EventFilter filter, Func<T, IHost, Task> react, HandlerOptions? options, SourceLocation declared) =>
        new($"on {filter}", filter, async (e, host, _) =>
        {
            await react(e switch
            {
                T itself => itself,
                UserEvent user => user.Payload.Read<T>(),
                QueryEvent query => query.Payload.Read<T>(),
                _ => throw new InvalidOperationException($"A {e.GetType().Name} has no payload to read as {typeof(T).Name}. Take it as it is: On<FleetEvent>(…)."),
            }, host);
            return null;
        }, options ?? new HandlerOptions(), declared);
}

/// <summary>A handler as a class.</summary>
public interface IHandler
{
    /// <summary>Which events it reacts to.</summary>
    EventFilter Filter { get; }

    /// <summary>Limits, order, retries.</summary>
    HandlerOptions Options => new();

    /// <summary>The reaction; what it returns answers a query.</summary>
    Task<object?> HandleAsync(FleetEvent fleetEvent, IHost host, CancellationToken cancellationToken);
}
