namespace Flotilla.Detection;

/// <summary>A detector with its settings, from which one is made for each series.</summary>
/// <param name="Name">
/// What reports call it, in snake case (<c>median_absolute_deviation</c>): a lower-case letter, then lower-case letters, digits
/// and underscores. Anything else is an <see cref="ArgumentException"/>.
/// </param>
/// <param name="Create">Makes a detector that has seen nothing.</param>
public sealed record DetectorDefinition(string Name, Func<IDetector> Create)
{
    /// <summary>What reports call it, in snake case.</summary>
    public string Name { get; init; } = Checked(Name);

    private static string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var valid = name.Length > 0 && char.IsAsciiLetterLower(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        if (!valid)
        {
            throw new ArgumentException(
                $"\"{name}\" cannot be the name of a detector. Reports and files use it. Write it in snake case, such as my_detector.", nameof(name));
        }
        return name;
    }
}
