using Flotilla.Core;

namespace Flotilla.Programs;

/// <summary>Finds the <c>fleet.cs</c> that a command is about.</summary>
public static class FleetFile
{
    /// <summary>The name that is looked for.</summary>
    public const string Name = "fleet.cs";

    /// <summary>The path of the nearest fleet: the file itself, or <c>fleet.cs</c> in the folder or in one above it.</summary>
    /// <param name="location">A file or folder; null for the current folder.</param>
    /// <exception cref="ProblemException">There is none.</exception>
    public static string Find(string? location)
    {
        var start = Path.GetFullPath(location ?? ".");
        if (File.Exists(start)) return start;
        if (!Directory.Exists(start))
            throw new ProblemException(new Problem($"There is no file or folder {location}.", Fix: "Name a folder that holds fleet.cs, or the file itself."));
        for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, Name))) return Path.Combine(folder, Name);
        throw new ProblemException(new Problem($"There is no fleet.cs in {start} or above it.",
            Fix: "Name its folder (\"flotilla describe DIR\"), or write a new fleet: \"flotilla new NAME\"."));
    }
}
