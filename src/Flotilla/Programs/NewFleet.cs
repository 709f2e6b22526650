using System.Reflection;
using Flotilla.Core;

namespace Flotilla.Programs;

/// <summary>Writes a new fleet: a <c>fleet.cs</c> that runs, and a test project that tries it in simulation.</summary>
public static class NewFleet
{
    /// <summary>Writes the fleet into a new folder of its name.</summary>
    /// <returns>The files, relative to <paramref name="folder"/>.</returns>
    /// <exception cref="ProblemException">The name cannot be used, or the folder is there already; nothing was written.</exception>
    public static IReadOnlyList<string> Write(string name, string folder)
    {
        if (!FleetValidation.IsName(name))
            throw new ProblemException(new Problem($"\"{name}\" cannot be a fleet's name.", Fix: FleetValidation.NameFix));
        var target = Path.Combine(folder, name);
        if (Path.Exists(target))
            throw new ProblemException(new Problem($"{target} is there already.", Fix: "Choose another name, or remove it."));
        var project = FlotillaProject();
        var written = new List<string>();
        foreach (var (file, template) in Templates())
        {
            var path = Path.Combine(target, file.Replace("NAME", name));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, template
                .Replace("$NAME$", name)
                .Replace("$CLASS$", ClassName(name))
                .Replace("$FLOTILLA$", project));
            written.Add(Path.GetRelativePath(folder, path));
        }
        return written;
    }

    private static IEnumerable<(string File, string Text)> Templates()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string prefix = "template:";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            // Templates end in .txt, so that no build takes them for sources.
            yield return (resource[prefix.Length..^".txt".Length], reader.ReadToEnd());
        }
    }

    private static string ClassName(string name) => string.Concat(name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..])) is var joined
        && char.IsDigit(joined[0]) ? "Fleet" + joined : joined;

    // The SDK stands in the checkout that this program was built from.
    private static string FlotillaProject()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Combine(folder, "src", "Flotilla", "Flotilla.csproj") is var project && File.Exists(project)) return project;
        throw new ProblemException(new Problem("The Flotilla SDK is not where this command was built from.", Why: $"there is no src/Flotilla/Flotilla.csproj above {AppContext.BaseDirectory}.",
            Fix: "Run the flotilla of a checkout."));
    }
}
