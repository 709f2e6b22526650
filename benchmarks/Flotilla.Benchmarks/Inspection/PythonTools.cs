namespace Flotilla.Benchmarks.Inspection;

/// <summary>The tools that <c>flotilla inspect</c> runs for Python by itself, one after another by their own command lines.</summary>
internal static class PythonTools
{
    private const string Python = "/usr/bin/python3";

    // Pylint's exit code is a mask of the kinds of messages; 32 is a use that it did not understand.
    private const int PylintMisused = 32;
    private const int Found = 1;

    private static readonly Dictionary<string, string?> Plain = [];

    /// <summary>The programs, each of a Debian package.</summary>
    public static IReadOnlyList<string> Programs { get; } = ["pylint", "pycodestyle", "pyflakes3", "dodgy"];

    /// <summary>All over a package; each tool's cost.</summary>
    public static async Task<IReadOnlyList<(string Tool, ProgramRun Cost)>> RunAsync(PythonPackage package)
    {
        var mccabe = ProgramRun.Nothing;
        var pylint = await PylintAsync(package, package.Name);
        var pycodestyle = await ProgramRun.RunAsync(package.Folder, Plain, IsDone, "pycodestyle", package.Name);
        var pyflakes = await ProgramRun.RunAsync(package.Folder, Plain, IsDone, "pyflakes3", package.Name);
        foreach (var module in package.Modules) mccabe += await ProgramRun.RunAsync(package.Folder, Plain, IsDone, Python, "-m", "mccabe", "--min", "10", module);
        var dodgy = await ProgramRun.RunAsync(package.Folder, Plain, IsDone, "dodgy");
        return [("pylint", pylint), ("pycodestyle", pycodestyle), ("pyflakes", pyflakes), ("mccabe", mccabe), ("dodgy", dodgy)];
    }

    /// <summary>Pylint alone, on the package or one of its modules.</summary>
    public static Task<ProgramRun> PylintAsync(PythonPackage package, string what) =>
        ProgramRun.RunAsync(package.Folder, Plain, code => (code & PylintMisused) == 0, "pylint", "--rcfile=/dev/null", "--disable=R0801", "-f", "json", what);

    private static bool IsDone(int code) => code is 0 or Found;
}
