namespace Flotilla.Detection;

/// <summary>Tells names apart that are the same: the second one gets -2, and so on.</summary>
internal sealed class UniqueNames(StringComparer comparer)
{
    private readonly HashSet<string> _taken = new(comparer);
    private readonly Dictionary<string, int> _next = new(comparer);

    /// <param name="name">What it should be called.</param>
    /// <param name="format">Adds an ending to the name; the two with a hyphen unless given.</param>
    public string Take(string name, Func<string, string, string>? format = null)
    {
        var unique = name;
        var number = _next.GetValueOrDefault(name, 1);
        while (!_taken.Add(unique)) unique = (format ?? string.Concat)(name, $"-{++number}");
        _next[name] = number;
        return unique;
    }
}
