namespace Flotilla.Inspection.Frameworks;

/// <summary>The frameworks that tools are adapted to.</summary>
public static class FrameworkNames
{
    /// <summary>Frameworks of Python, as Prospector names them.</summary>
    public static IReadOnlyList<string> Python { get; } = ["celery", "django", "flask"];

    /// <summary>Frameworks of .NET.</summary>
    public static IReadOnlyList<string> DotNet { get; } = ["aspnetcore", "blazor", "efcore", "nunit", "xunit"];

    /// <summary>All of them, sorted: what <c>uses</c> in a profile may name.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Python.Concat(DotNet).Order(StringComparer.Ordinal)];
}
