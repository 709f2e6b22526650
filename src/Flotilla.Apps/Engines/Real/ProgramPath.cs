using Flotilla.Core;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Finds the program of an app before it is started, so that what is wrong with it can be said.</summary>
internal static class ProgramPath
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>An absolute path.</summary>
    /// <param name="start">Who wants to run it.</param>
    /// <param name="program">A name looked up in PATH, or a path.</param>
    /// <param name="workingDirectory">What a relative path is relative to; null for the directory Flotilla runs in.</param>
    /// <param name="map">Where a path of the host is for this program.</param>
    /// <exception cref="EngineException">It does not exist, or cannot be run.</exception>
    public static string Find(InstanceStart start, string program, string? workingDirectory, Func<string, string> map)
    {
        if (program.Contains('/'))
        {
            var path = Path.IsPathRooted(program) ? map(program) : Path.GetFullPath(program, workingDirectory ?? Directory.GetCurrentDirectory());
            if (!File.Exists(path))
                throw Refuse(start, $"There is no file {path}.", "Correct the path, or install the program.");
            if (!IsExecutable(path))
                throw Refuse(start, $"{path} is not executable.", $"Run: chmod +x {path}");
            return path;
        }
        var folders = (Variable(start) ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (var folder in folders)
        {
            var path = Path.GetFullPath(Path.Combine(folder, program), workingDirectory ?? Directory.GetCurrentDirectory());
            if (File.Exists(path) && IsExecutable(path)) return path;
        }
        throw Refuse(start, $"There is no program \"{program}\" in PATH ({string.Join(':', folders)}).", "Install it, or give its path.");
    }

    /// <summary>What <see cref="IEngine.StartAsync"/> throws.</summary>
    public static EngineException Refuse(InstanceStart start, string why, string fix, Exception? inner = null) =>
        new(new Problem($"{start.Id} cannot be started on {start.Host}.", start.App.Declared, why, fix), inner);

    private static bool IsExecutable(string path) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;

    private static string? Variable(InstanceStart start) =>
        start.ExtraEnvironment.Concat(start.App.Environment.Reverse()).FirstOrDefault(variable => variable.Key == "PATH").Value
        ?? Environment.GetEnvironmentVariable("PATH");
}
