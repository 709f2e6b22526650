namespace Flotilla.Resources;

/// <summary>What a resource is called: its type, and a name that is unique among those of the type on one host.</summary>
/// <param name="Type">The type in lower case, as <c>file</c>.</param>
/// <param name="Name">For a file its path; for other types what the type says.</param>
public readonly record struct ResourceId(string Type, string Name)
{
    /// <summary><c>file "/etc/x"</c>.</summary>
    public override string ToString() => $"{Type} \"{Name}\"";

    /// <summary><c>File "/etc/x"</c>, to begin a sentence with.</summary>
    internal string Title => $"{TypeTitle} \"{Name}\"";

    /// <summary><c>File</c>.</summary>
    internal string TypeTitle => Type.Length == 0 ? "" : char.ToUpperInvariant(Type[0]) + Type[1..];
}
