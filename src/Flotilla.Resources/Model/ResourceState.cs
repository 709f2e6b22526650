namespace Flotilla.Resources;

/// <summary>How a resource is, or shall be.</summary>
/// <param name="Exists">False when it is not there.</param>
/// <param name="Properties">Of a desired state, only what is managed; of a state that was read, at least that, where it exists.</param>
public sealed record ResourceState(bool Exists, IReadOnlyList<PropertyValue> Properties)
{
    /// <summary>Not there.</summary>
    public static ResourceState Absent { get; } = new(false, []);

    /// <summary>The property of this name, or null.</summary>
    public PropertyValue? Property(string name)
    {
        foreach (var property in Properties)
            if (property.Name == name) return property;
        return null;
    }
}

/// <summary>One property of a resource in a form that is equal exactly when the property is.</summary>
/// <param name="Name">As <c>mode</c>.</param>
/// <param name="Value">As <c>0640</c>, or a text of many lines.</param>
/// <param name="IsText">A change of it is shown as a unified diff.</param>
/// <param name="IsSensitive">A change of it is shown without its values.</param>
public sealed record PropertyValue(string Name, string Value, bool IsText = false, bool IsSensitive = false)
{
    /// <summary><c>mode 0640</c>, without a sensitive value.</summary>
    public override string ToString() => $"{Name} {(IsSensitive ? "(sensitive)" : Value)}";
}
