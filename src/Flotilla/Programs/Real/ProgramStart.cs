using System.Collections;
using System.Runtime.InteropServices;
using Flotilla.Core;

namespace Flotilla.Programs.Real;

/// <summary>Becomes another program: no process is left between the shell and it, so signals and exit codes are its own.</summary>
public static partial class ProgramStart
{
    /// <summary>Replaces this process by <c>dotnet PROGRAM ARGUMENTS</c>; returns only by failing (execve(2)).</summary>
    /// <param name="program">The path of a .dll.</param>
    /// <param name="arguments">Handed on as they are.</param>
    /// <param name="variables">Added to the environment.</param>
    public static void Become(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        foreach (var (name, value) in variables) environment[name] = value;
        var dotnet = Dotnet.Path;
        if (!Path.IsPathRooted(dotnet))
            dotnet = (environment.GetValueOrDefault("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, dotnet)).FirstOrDefault(File.Exists) ?? dotnet;
        Execute(dotnet, ["dotnet", program, .. arguments, null], [.. environment.Select(entry => $"{entry.Key}={entry.Value}"), null]);
        throw new ProblemException(new Problem($"{dotnet} cannot be started.", Why: Marshal.GetLastPInvokeErrorMessage(), Fix: "Is the .NET SDK on PATH?"));
    }

    /// <summary>The program and its first arguments by which this very process can be started again.</summary>
    internal static IReadOnlyList<string> Own() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? [path]
        : [Environment.ProcessPath ?? Dotnet.Path, System.Reflection.Assembly.GetEntryAssembly()!.Location];

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
