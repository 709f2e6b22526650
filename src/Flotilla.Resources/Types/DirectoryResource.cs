using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>A directory. Declared absent, it is removed only when it is empty.</summary>
/// <param name="Path">Its absolute path in plain form, as <c>/etc/shop</c>. It is the resource's name.</param>
/// <remarks>A property that is null is not managed.</remarks>
public sealed record DirectoryResource(string Path) : Resource(TypeName, Path)
{
    /// <summary><c>directory</c>.</summary>
    public const string TypeName = "directory";

    /// <summary>The absolute path.</summary>
    public string Path => Name;

    /// <summary>Permission bits as 3 or 4 octal digits, as <c>0750</c>. Null leaves them; a new directory gets 0755.</summary>
    public string? Mode { get; init; }

    /// <summary>A user's name or number. Null leaves it; a new directory gets the running user.</summary>
    public string? Owner { get; init; }

    /// <summary>A group's name or number. Null leaves it; a new directory gets the running user's.</summary>
    public string? Group { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ResourceId> AutomaticRequires => PathRules.Ancestors(Path).Select(path => new ResourceId(TypeName, path));

    /// <inheritdoc/>
    public override string? Occupies => "path " + Path;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Validate()
    {
        foreach (var problem in PathRules.Check(this)) yield return problem;
        foreach (var problem in Permissions.Check(this, Mode, Owner, Group)) yield return problem;
        if (IsAbsent && Path == "/") yield return new Problem($"{Id.Title} cannot be absent: it is the root.", Declared, Fix: "Take it away.");
    }
}
