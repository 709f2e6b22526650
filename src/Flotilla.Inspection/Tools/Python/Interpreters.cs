using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>The interpreters of Python that may have a tool's module.</summary>
internal static class Interpreters
{
    public static readonly string[] Tools = ["pylint", "flake8", "pyflakes", "pyflakes3", "pycodestyle", "dodgy", "bandit", "prospector"];

    /// <summary>The one in use by name, then those of the tools in PATH (their first line), then Debian's; each once.</summary>
    public static IEnumerable<string> Candidates()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var ofTools = from tool in Tools from folder in Folders() let path = Path.Combine(folder, tool) where File.Exists(path) select FirstLine(path);
        return ofTools.Prepend("python3").Append("/usr/bin/python3").OfType<string>().Where(seen.Add);
    }

    /// <summary>The interpreter that a program in PATH names in its first line; null for one that is no script of Python, or is not there.</summary>
    public static string? Of(string program) =>
        Folders().Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) is { } path ? FirstLine(path) : null;

    /// <summary>Where packages of Python are installed for the tools in PATH: beside their programs, and Debian's own.</summary>
    public static IEnumerable<string> PackageFolders()
    {
        foreach (var folder in Folders())
        {
            var lib = Path.GetFullPath(Path.Combine(folder, "../lib"));
            if (!File.Exists(Path.Combine(folder, "pylint")) || !Directory.Exists(lib)) continue;
            foreach (var python in Directory.EnumerateDirectories(lib, "python3*"))
                foreach (var packages in (string[])["site-packages", "dist-packages"])
                    yield return Path.Combine(python, packages);
        }
    }

    /// <summary>Where packages may be for any interpreter in PATH: beside it, as in a virtual environment, Debian's own, and the user's.</summary>
    public static IEnumerable<string> EveryPackageFolder()
    {
        var libraries = Folders().Where(folder => File.Exists(Path.Combine(folder, "python3"))).Select(folder => Path.GetFullPath(Path.Combine(folder, "../lib"))).Append("/usr/lib").Append("/usr/local/lib");
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home) libraries = libraries.Append(Path.Combine(home, ".local/lib"));
        foreach (var library in libraries.Where(Directory.Exists).Distinct(StringComparer.Ordinal))
            foreach (var python in Directory.EnumerateDirectories(library, "python3*").Order(StringComparer.Ordinal))
                foreach (var packages in (string[])["site-packages", "dist-packages"])
                    yield return Path.Combine(python, packages);
    }

    /// <summary>Where any interpreter is told to look for modules besides: <c>PYTHONPATH</c>, and lines of path configuration files (docs.python.org/3/library/site.html), which editable installations write.</summary>
    public static IEnumerable<string> FoldersBesides()
    {
        var named = (Environment.GetEnvironmentVariable("PYTHONPATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath);
        var linked = EveryPackageFolder().Where(Directory.Exists).SelectMany(packages => Directory.EnumerateFiles(packages, "*.pth", new EnumerationOptions())).SelectMany(file => FileText.Of(file).Split('\n'))
            .Select(line => line.Trim()).Where(Path.IsPathRooted);
        return named.Concat(linked).Where(Directory.Exists).Distinct(StringComparer.Ordinal);
    }

    private static string[] Folders() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    private static string? FirstLine(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            Span<char> head = stackalloc char[200];
            var read = reader.ReadBlock(head);
            var line = new string(head[..read]).Split('\n')[0].Trim();
            return line.StartsWith("#!", StringComparison.Ordinal) && line.Contains("python", StringComparison.Ordinal) && !line.Contains("env", StringComparison.Ordinal)
                ? line[2..].Trim().Split(' ')[0] : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
