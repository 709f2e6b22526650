namespace Flotilla.Core.Machines.Real;

/// <summary>Finds programs as execvp(3) does: a name in PATH, and never in the current directory unless PATH says so.</summary>
internal static class ProgramPath
{
    private const string Fallback = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The program's path on this host, or null.</summary>
    public static string? Find(Command command, string? directory)
    {
        if (command.Program.Length == 0) return null;
        if (command.Program.Contains('/'))
        {
            var path = Path.GetFullPath(command.Program, directory ?? Environment.CurrentDirectory);
            return File.Exists(path) ? path : null;
        }
        return SearchPath(command).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, command.Program))
            .FirstOrDefault(path => File.Exists(path) && Libc.Access(path, Libc.MayExecute) == 0);
    }

    /// <summary>For a message: where it was looked for.</summary>
    public static string Searched(Command command) => command.Program.Contains('/') ? "" : $" in PATH ({SearchPath(command)})";

    private static string SearchPath(Command command) =>
        command.Environment?.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH") ?? Fallback;
}
