using Flotilla.Core;

namespace Flotilla.Programs;

/// <summary>Writes a new fleet: a <c>fleet.cs</c> that runs, and a test project that tries it in simulation.</summary>
public static class NewFleet
{
    /// <summary>Writes the fleet into a new folder of its name.</summary>
    /// <returns>The files, relative to <paramref name="folder"/>.</returns>
    /// <exception cref="ProblemException">The name cannot be used, or the folder is there already; nothing was written.</exception>
    public static IReadOnlyList<string> Write(string name, string folder) => Template.Write("template:", "a fleet's name", "Fleet", name, folder);
}
