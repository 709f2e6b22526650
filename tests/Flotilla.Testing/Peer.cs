namespace Flotilla.Testing;

/// <summary>Real programs that tests meet. Without one a test is skipped and says so; under CI it fails.</summary>
public static class Peer
{
    /// <summary>The path of a program, looked up in PATH and in the folders of the administrator.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>The reason to skip a test that needs a program; null when it is there. Under CI its absence fails.</summary>
    public static string? Missing(string program, string package) => Missing(Find(program) is not null, program, package);

    /// <summary>The same for what is no program, such as a library.</summary>
    public static string? Missing(bool isThere, string what, string package)
    {
        if (isThere) return null;
        var reason = $"{what} is not installed. Install Debian's package {package}, or run ./test as root.";
        return Environment.GetEnvironmentVariable("CI") is null ? reason : throw new InvalidOperationException(reason);
    }
}
