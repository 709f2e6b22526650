using System.Reflection;
using Flotilla.Core;

namespace Flotilla.Programs;

/// <summary>Writes the files that this assembly brings as a template.</summary>
internal static class Template
{
    /// <param name="prefix">What the template's resources begin with.</param>
    /// <param name="what">What the name is, for a message.</param>
    /// <param name="digitPrefix">What stands before a class name that would begin with a digit.</param>
    /// <param name="name">Stands for <c>NAME</c> in files' names, and for <c>$NAME$</c> and <c>$CLASS$</c> in them.</param>
    /// <param name="folder">Where the new folder is made.</param>
    /// <returns>The files, relative to <paramref name="folder"/>.</returns>
    public static IReadOnlyList<string> Write(string prefix, string what, string digitPrefix, string name, string folder)
    {
        if (!FleetValidation.IsName(name))
            throw new ProblemException(new Problem($"\"{name}\" cannot be {what}.", Fix: FleetValidation.NameFix));
        var target = Path.Combine(folder, name);
        if (Path.Exists(target))
            throw new ProblemException(new Problem($"{target} is there already.", Fix: "Choose another name, or remove it."));
        var project = FlotillaProject();
        var written = new List<string>();
        foreach (var (file, template) in Files(prefix))
        {
            var path = Path.Combine(target, file.Replace("NAME", name));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, template
                .Replace("$NAME$", name)
                .Replace("$CLASS$", ClassName(name, digitPrefix))
                .Replace("$FLOTILLA$", project));
            written.Add(Path.GetRelativePath(folder, path));
        }
        return written;
    }

    private static string ClassName(string name, string digitPrefix) => string.Concat(name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..])) is var joined
        && char.IsDigit(joined[0]) ? digitPrefix + joined : joined;

    private static IEnumerable<(string File, string Text)> Files(string prefix)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            // Templates end in .txt, so that no build takes them for sources.
            yield return (resource[prefix.Length..^".txt".Length], reader.ReadToEnd());
        }
    }

    // The SDK stands in the checkout that this program was built from.
    private static string FlotillaProject()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Combine(folder, "src", "Flotilla", "Flotilla.csproj") is var project && File.Exists(project)) return project;
        throw new ProblemException(new Problem("The Flotilla SDK is not where this command was built from.", Why: $"there is no src/Flotilla/Flotilla.csproj above {AppContext.BaseDirectory}.",
            Fix: "Run the flotilla of a checkout."));
    }
}
