using System.Runtime.CompilerServices;

namespace Flotilla.Testing;

/// <summary>
/// Holds text that people read against a file beside the test. <c>FLOTILLA_UPDATE_SNAPSHOTS=1</c> rewrites the files;
/// under CI they are only compared.
/// </summary>
public static class Snapshot
{
    /// <summary>Compares with <c>snapshots/NAME.txt</c> in the folder of the calling test.</summary>
    public static void Matches(string actual, string name, [CallerFilePath] string caller = "") =>
        MatchesFile(actual, Path.Combine(Path.GetDirectoryName(caller)!, "snapshots", name + ".txt"));

    /// <summary>Compares with the file at <paramref name="path"/>.</summary>
    public static void MatchesFile(string actual, string path)
    {
        actual = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("FLOTILLA_UPDATE_SNAPSHOTS") == "1" && Environment.GetEnvironmentVariable("CI") is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        if (!File.Exists(path))
            throw new ShouldAssertException($"There is no snapshot {path}. Run again with FLOTILLA_UPDATE_SNAPSHOTS=1, and read it. Actual:\n{actual}");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        actual.ShouldBe(expected, $"{path} differs. If the new text is right, run again with FLOTILLA_UPDATE_SNAPSHOTS=1.");
    }
}
