namespace Flotilla.Inspection.CSharp.Frameworks;

/// <summary>The frameworks that the analysis adapts to, and how a project shows that it uses one.</summary>
internal static class KnownFrameworks
{
    /// <summary>What the compiler's own generators need; every project may use them.</summary>
    public const string Generators = "generators";

    private static readonly SortedDictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        ["aspnetcore"] = ["Microsoft.AspNetCore.App", "Microsoft.AspNetCore.Mvc*", "Microsoft.AspNetCore.Hosting"],
        ["blazor"] = ["Microsoft.AspNetCore.Components.Web*"],
        ["efcore"] = ["Microsoft.EntityFrameworkCore*"],
        ["hosting"] = ["Microsoft.Extensions.Hosting*"],
        ["mediatr"] = ["MediatR*"],
        ["mstest"] = ["MSTest*", "Microsoft.VisualStudio.TestPlatform.TestFramework", "Microsoft.VisualStudio.UnitTesting*"],
        ["nunit"] = ["nunit", "nunit.framework"],
        ["xunit"] = ["xunit", "xunit.core", "xunit.v3", "xunit.v3.*"],
    };

    /// <summary>The frameworks of a project, sorted.</summary>
    /// <param name="names">Its packages, shared frameworks, and the assemblies that it refers to.</param>
    /// <param name="hasRazor">Whether it has <c>.razor</c> files.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> names, bool hasRazor)
    {
        var all = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var shared = all.Contains("Microsoft.AspNetCore.App");
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (framework, patterns) in Packages)
        {
            // The shared framework of ASP.NET Core brings the assemblies of Blazor and hosting along, used or not.
            if (framework == "blazor" && shared) continue;
            if (patterns.Any(pattern => all.Any(name => Matches(name, pattern)))) found.Add(framework);
        }
        if (hasRazor) found.Add("blazor");
        return [.. found];
    }

    private static bool Matches(string name, string pattern) => pattern.EndsWith('*')
        ? name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
        : name.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
