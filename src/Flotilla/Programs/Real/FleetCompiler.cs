using System.Text.Json;
using Flotilla.Core;

namespace Flotilla.Programs.Real;

/// <summary>
/// Compiles a fleet of which only <c>fleet.cs</c> itself has changed since a build: everything else lies beside that build's program, so that the compiler
/// is all that must run. MSBuild would look at every project again to find that out, which takes twice as long as compiling.
/// </summary>
/// <remarks>
/// What it needs is kept beside the builds of the fleet, in <c>compiler/</c>: the compiler's arguments as MSBuild gave them, and the sources that MSBuild
/// generated. Whatever does not fit, it leaves to a whole build.
/// </remarks>
internal sealed class FleetCompiler(string fleet, string cache)
{
    /// <summary>Makes a build write <see cref="ArgumentsFile"/>.</summary>
    public IReadOnlyList<string> BuildArguments => ["-p:ProvideCommandLineArgs=true", "-getItem:CscCommandLineArgs", "-getProperty:RoslynTargetsPath", "-getProperty:PublishTrimmed", $"-getResultOutputFile:{ArgumentsFile}"];

    /// <summary>The folder beside the builds.</summary>
    public const string FolderName = "compiler";

    // In place of the folder of the build against whose assemblies is compiled.
    private const string Base = "{base}";

    private string Folder => Path.Combine(cache, FolderName);

    private string ArgumentsFile => Path.Combine(cache, "arguments.json");

    private string ResponseFile => Path.Combine(Folder, "csc.rsp");

    private string StateFile => Path.Combine(Folder, "state");

    /// <summary>Keeps what compiling takes, after a whole build.</summary>
    /// <param name="surroundings">The key of all that the build depends on, but for <c>fleet.cs</c>.</param>
    /// <param name="build">The folder of the build.</param>
    public void Keep(string surroundings, string build)
    {
        if (!File.Exists(ArgumentsFile)) return;
        try
        {
            using var said = JsonDocument.Parse(File.ReadAllBytes(ArgumentsFile));
            var arguments = said.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!).ToList();
            var properties = said.RootElement.GetProperty("Properties");
            var compiler = Path.Combine(properties.GetProperty("RoslynTargetsPath").GetString()!, "bincore", "csc.dll");
            // What something has changed after it was compiled, or what was not compiled now, is nothing to repeat; assemblies that were cut are not all there is.
            if (Option(arguments, "/out:") is not { } made || !AreSame(made, Path.Combine(build, Path.GetFileName(made))) || properties.GetProperty("PublishTrimmed").GetString() == "true") return;
            Directory.CreateDirectory(Folder);
            var kept = arguments.Select(argument => Kept(argument, Path.GetDirectoryName(made)!, build)).OfType<string>().ToList();
            if (kept.Exists(argument => argument.Contains(Path.GetDirectoryName(made)!, StringComparison.Ordinal))) return;
            File.WriteAllLines(ResponseFile, kept);
            File.WriteAllLines(StateFile, [surroundings, Path.GetFileName(build), compiler]);
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            Forget();
        }
        finally
        {
            File.Delete(ArgumentsFile);
        }
    }

    /// <summary>Makes a build by compiling alone. False when that is not possible: nothing is there then.</summary>
    /// <param name="surroundings">See <see cref="Keep"/>.</param>
    /// <param name="to">The folder to make.</param>
    /// <param name="build">What the folder will be called.</param>
    /// <param name="cancellationToken">Stops the compiler.</param>
    /// <exception cref="ProblemException">The code is wrong: every error with its file and line.</exception>
    public async Task<bool> TryCompileAsync(string surroundings, string to, string build, CancellationToken cancellationToken)
    {
        if (!File.Exists(StateFile) || await File.ReadAllLinesAsync(StateFile, cancellationToken) is not [var key, var last, var compiler] || key != surroundings) return false;
        var from = Path.Combine(cache, last);
        var program = Path.GetFileNameWithoutExtension(fleet) + ".dll";
        if (!File.Exists(Path.Combine(from, program)) || !File.Exists(compiler)) return false;
        Copy(new DirectoryInfo(from), to);
        var response = to + ".rsp";
        try
        {
            await File.WriteAllTextAsync(response, (await File.ReadAllTextAsync(ResponseFile, cancellationToken)).Replace(Base, from, StringComparison.Ordinal), cancellationToken);
            await Dotnet.BuildAsync(fleet, Path.GetDirectoryName(fleet)!, ["exec", compiler, "/noconfig", "/nologo", $"@{response}", $"/out:{Path.Combine(to, program)}"], cancellationToken);
        }
        catch (ProblemException failure) when (!failure.Problems.All(FleetBuild.IsOfCode))
        {
            Directory.Delete(to, recursive: true);
            return false;
        }
        finally
        {
            File.Delete(response);
        }
        await File.WriteAllLinesAsync(StateFile, [surroundings, build, compiler], cancellationToken);
        return true;
    }

    /// <summary>Keeps nothing of an earlier build.</summary>
    public void Forget()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        File.Delete(ArgumentsFile);
    }

    // Assemblies are those that lie beside the program; what MSBuild made in its own folder, which others clean, is copied; the rest stays where it is.
    private string? Kept(string argument, string made, string build)
    {
        if (argument is "/noconfig" || argument.StartsWith("/out:", StringComparison.Ordinal) || argument.StartsWith("/refout:", StringComparison.Ordinal) || argument.StartsWith("/pdb:", StringComparison.Ordinal)) return null;
        var colon = argument.StartsWith('/') && !File.Exists(argument.Trim('"')) ? argument.IndexOf(':') + 1 : 0;
        var (option, path) = (argument[..colon], argument[colon..].Trim('"'));
        if (option is "/reference:" && Path.Combine(build, Path.GetFileName(path)) is var beside && File.Exists(beside)) return $"{option}\"{Base}/{Path.GetFileName(path)}\"";
        if (!path.StartsWith(made + "/", StringComparison.Ordinal) || !File.Exists(path)) return argument;
        var copy = Path.Combine(Folder, Path.GetFileName(path));
        // One file may be named twice: as a source, and to be embedded among the symbols.
        if (!File.Exists(copy)) File.Copy(path, copy);
        else if (!AreSame(path, copy)) throw new IOException($"There are two files {Path.GetFileName(path)}.");
        return $"{option}\"{copy}\"";
    }

    private static string? Option(List<string> arguments, string name) => arguments.Find(argument => argument.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim('"');

    private static bool AreSame(string one, string other) => File.Exists(one) && File.Exists(other) && File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other));

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles()) file.CopyTo(Path.Combine(to, file.Name));
        foreach (var folder in from.EnumerateDirectories()) Copy(folder, Path.Combine(to, folder.Name));
    }
}
