using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>The desired state of one thing on a host. A description: making one touches nothing.</summary>
/// <param name="Type">The type, which finds the <see cref="IResourceProvider"/>.</param>
/// <param name="Name">Unique among the resources of this type on one host.</param>
public abstract record Resource(string Type, string Name)
{
    /// <summary>The type, as <c>file</c>.</summary>
    public string Type { get; } = Type;

    /// <summary>The name.</summary>
    public string Name { get; } = Name;

    /// <summary>Type and name.</summary>
    public ResourceId Id => new(Type, Name);

    /// <summary>Where the user said it; messages begin with it.</summary>
    public SourceLocation? Declared { get; init; }

    /// <summary>It shall not be there.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>Resources that come after this one.</summary>
    public IReadOnlyList<ResourceId> Before { get; init; } = [];

    /// <summary>Resources that come before this one.</summary>
    public IReadOnlyList<ResourceId> Require { get; init; } = [];

    /// <summary>Resources that come after this one and are refreshed when it changes.</summary>
    public IReadOnlyList<ResourceId> Notify { get; init; } = [];

    /// <summary>Resources that come before this one, which is refreshed when one of them changes.</summary>
    public IReadOnlyList<ResourceId> Subscribe { get; init; } = [];

    /// <summary>
    /// Resources that this one needs by its nature, as a file its directory. One that the catalog does not have is no
    /// error, and none of them closes a cycle with what the user said. When the needed one is to be absent, the order is
    /// the other way round: a file goes before its directory does.
    /// </summary>
    public virtual IEnumerable<ResourceId> AutomaticRequires => [];

    /// <summary>
    /// What of the host this resource alone may manage, as <c>path /etc/x</c>. Two resources of different types that say
    /// the same are refused. Null when its type and name say it all.
    /// </summary>
    public virtual string? Occupies => null;

    /// <summary>What was said wrong, without looking at a host.</summary>
    public virtual IEnumerable<Problem> Validate() => [];

    /// <summary><c>file "/etc/x"</c>; never what may be secret.</summary>
    public sealed override string ToString() => Id.ToString();
}
