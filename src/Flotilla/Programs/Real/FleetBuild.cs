using Flotilla.Core;
using Flotilla.Images;

namespace Flotilla.Programs.Real;

/// <summary>
/// Builds a <c>fleet.cs</c> once and keeps the build until a file that it depends on changes.
/// </summary>
/// <remarks>
/// <c>$XDG_CACHE_HOME/flotilla/fleets/NAME-HASH/</c> holds the builds of one fleet, each in a folder named by the
/// content of its inputs; the file <c>last</c> says which one belongs to the files as they were last seen, so that an
/// unchanged fleet costs a look at its files' sizes and times.
/// </remarks>
public static class FleetBuild
{
    private const int BuildsKept = 3;

    // Assemblies that are not there or cannot be read, and the compiler's command line (CS2001 and following).
    private static readonly string[] NotOfCode = ["CS0006", "CS0009", "CS1566", "CS20"];

    /// <summary>The built program of a fleet, built now if it must be.</summary>
    /// <param name="fleet">The absolute path of <c>fleet.cs</c>.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <returns>The path of <c>fleet.dll</c>; what apps need lies beside it, and <c>images.lock</c> as it lies beside <c>fleet.cs</c>.</returns>
    /// <exception cref="ProblemException">It does not compile: every error with its file and line.</exception>
    public static async Task<string> EnsureAsync(string fleet, CancellationToken cancellationToken)
    {
        if (TryFind(fleet) is { } built) return built;
        var cache = CacheOf(fleet);
        Directory.CreateDirectory(cache);
        // One build at a time in all: fleets share the projects they refer to.
        await using var held = await BuildCache.LockAsync(cancellationToken);
        if (TryFind(fleet) is { } meanwhile) return meanwhile;
        var inputs = FleetInputs.Of(fleet);
        var stamp = inputs.Stamp();
        var key = inputs.ContentKey();
        var folder = Path.Combine(cache, key);
        var program = Path.Combine(folder, ProgramName(fleet));
        if (!File.Exists(program)) await BuildAsync(fleet, inputs, folder, cancellationToken);
        CopyLock(fleet, folder);
        BuildCache.Touch(folder);
        await File.WriteAllTextAsync(Path.Combine(cache, "last.new"), string.Join('\n', [stamp, key, .. inputs.Projects]), cancellationToken);
        File.Move(Path.Combine(cache, "last.new"), Path.Combine(cache, "last"), overwrite: true);
        await BuildCache.NoteAsync(cache, fleet, cancellationToken);
        BuildCache.Prune(cache, BuildsKept, FleetCompiler.FolderName);
        BuildCache.RemoveGone(Path.GetDirectoryName(cache)!);
        return program;
    }

    /// <summary>The built program if it belongs to the files as they are now.</summary>
    public static string? TryFind(string fleet)
    {
        var cache = CacheOf(fleet);
        var last = Path.Combine(cache, "last");
        if (!File.Exists(last)) return null;
        var lines = File.ReadAllLines(last);
        if (lines.Length < 2 || lines[0] != FleetInputs.Of(fleet, lines[2..]).Stamp()) return null;
        var program = Path.Combine(cache, lines[1], ProgramName(fleet));
        return File.Exists(program) ? program : null;
    }

    /// <summary>The folder that holds the builds of one fleet.</summary>
    internal static string CacheOf(string fleet) => Path.Combine(BuildCache.Root, "fleets",
        $"{Path.GetFileName(Path.GetDirectoryName(fleet))}-{Fingerprint.Of(fleet)}");

    private static string ProgramName(string fleet) => Path.GetFileNameWithoutExtension(fleet) + ".dll";

    // A program that is moved to another host has no other; one that runs meanwhile has read the old one as a whole.
    internal static void CopyLock(string fleet, string folder)
    {
        var copy = Path.Combine(folder, ImageLock.FileName);
        if (File.Exists(FleetInputs.LockOf(fleet)))
        {
            File.Copy(FleetInputs.LockOf(fleet), copy + ".new", overwrite: true);
            File.Move(copy + ".new", copy, overwrite: true);
        }
        else File.Delete(copy);
    }

    private static async Task BuildAsync(string fleet, FleetInputs inputs, string folder, CancellationToken cancellationToken)
    {
        var temporary = folder + ".new";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        var cache = Path.GetDirectoryName(folder)!;
        var compiler = new FleetCompiler(fleet, cache);
        var surroundings = inputs.SurroundingsKey();
        try
        {
            var isCompiled = await compiler.TryCompileAsync(surroundings, temporary, Path.GetFileName(folder), cancellationToken);
            if (!isCompiled) await PublishAsync(fleet, inputs, temporary, compiler, cancellationToken);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.Move(temporary, folder);
            if (!isCompiled) compiler.Keep(surroundings, folder);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    // Which packages there are was found for these very inputs: a quarter of a build.
    private static async Task PublishAsync(string fleet, FleetInputs inputs, string to, FleetCompiler compiler, CancellationToken cancellationToken)
    {
        compiler.Forget();
        var restored = Path.Combine(Path.GetDirectoryName(to)!, "restored");
        var restoreKey = inputs.RestoreKey();
        var isRestored = File.Exists(restored) && await File.ReadAllTextAsync(restored, cancellationToken) == restoreKey;
        try
        {
            await PublishAsync(fleet, to, isRestored, compiler, cancellationToken);
        }
        catch (ProblemException failure) when (isRestored && !failure.Problems.All(IsOfCode))
        {
            // What was restored has gone: packages, or what the SDK keeps of them.
            await PublishAsync(fleet, to, isRestored: false, compiler, cancellationToken);
        }
        await File.WriteAllTextAsync(restored, restoreKey, cancellationToken);
    }

    // A compiler of its own needs less than the start of the one that would stay behind for others.
    private static Task PublishAsync(string fleet, string to, bool isRestored, FleetCompiler compiler, CancellationToken cancellationToken) =>
        Dotnet.BuildAsync(fleet, Path.GetDirectoryName(fleet)!,
            ["publish", fleet, "-c", "Release", "-o", to, "-nologo", "-v", "quiet", "-p:PublishAot=false", "-p:UseSharedCompilation=false", .. compiler.BuildArguments, .. (string[])(isRestored ? ["--no-restore"] : [])], cancellationToken);

    /// <summary>Whether the compiler says this of the code, and not of what it was given: an assembly, a file, an option.</summary>
    internal static bool IsOfCode(Problem problem) => problem.What.StartsWith("CS", StringComparison.Ordinal) && !NotOfCode.Any(code => problem.What.StartsWith(code, StringComparison.Ordinal));
}
