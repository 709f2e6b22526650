using System.Runtime.CompilerServices;

namespace Flotilla.Benchmarks.Harness;

/// <summary>The checkout that this was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Flotilla.slnx"))) return folder;
        throw new InvalidOperationException($"No Flotilla.slnx above {here}.");
    }
}
