using System.Runtime.CompilerServices;

namespace Flotilla.Testing;

/// <summary>Where things stand in the checkout that these tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>Flotilla.slnx</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path below <see cref="Root"/>.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Reference data beside the checkout; null where it is absent, and then the test says so and is skipped.</summary>
    public static string? SharedData(params string[] parts)
    {
        var path = Path.Combine([Root, "..", "shared", "data", .. parts]);
        return Path.Exists(path) ? Path.GetFullPath(path) : null;
    }

    private static string Find([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
            if (System.IO.File.Exists(Path.Combine(folder, "Flotilla.slnx"))) return folder;
        throw new InvalidOperationException($"No Flotilla.slnx above {here}.");
    }
}
