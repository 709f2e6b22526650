using System.CommandLine;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Flotilla.Commands;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Programs.Real;

namespace Flotilla.Programs;

/// <summary>A fleet as a program: what its <c>RunAsync</c> does, and how tests get the fleet out of it.</summary>
public static class FleetProgram
{
    private static readonly AsyncLocal<Capture?> Capturing = new();

    /// <summary>
    /// The fleet that a <c>fleet.cs</c> declares, from the very program that <c>flotilla</c> runs: built if it must be,
    /// loaded into this process, and stopped where it would run its command.
    /// </summary>
    /// <param name="location">The file, or a folder that holds it or lies below one that does; the caller's own folder unless given.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    /// <exception cref="ProblemException">There is none, or it does not compile.</exception>
    public static Fleet Load(string? location = null, [CallerFilePath] string caller = "")
    {
        var fleet = FleetFile.Find(location ?? Path.GetDirectoryName(caller));
        // A test that loads a fleet has nothing else to do while it is built.
        var program = Task.Run(() => FleetBuild.EnsureAsync(fleet, CancellationToken.None)).GetAwaiter().GetResult();
        var capture = new Capture();
        Capturing.Value = capture;
        try
        {
            var entry = new FleetLoadContext(program).LoadFromAssemblyPath(program).EntryPoint
                ?? throw new ProblemException(new Problem($"{fleet} has no statements to run.", Fix: "End it with: return await fleet.RunAsync(args);"));
            object?[] arguments = entry.GetParameters().Length == 0 ? [] : [Array.Empty<string>()];
            entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
        finally
        {
            Capturing.Value = null;
        }
        return capture.Fleet ?? throw new ProblemException(new Problem($"{fleet} ended without running a fleet.", Fix: "End it with: return await fleet.RunAsync(args);"));
    }

    internal static Task<int> RunAsync(Fleet fleet, string[] args)
    {
        if (Capturing.Value is { } capture)
        {
            capture.Fleet = fleet;
            return Task.FromResult(0);
        }
        return RunCommandAsync(fleet, args);
    }

    private static async Task<int> RunCommandAsync(Fleet fleet, string[] args)
    {
        var terminal = Terminal.OfProcess();
        using var interruption = new Interruption(terminal);
        // Serf waits for this, so the tree of commands is not even made.
        if (HandleCommand.IsCalled(args))
            return await CommandLine.GuardAsync(token => HandleCommand.RunAsync(new FleetContext(fleet, terminal, interruption, FolderOf(null)), null, token), terminal, interruption);
        return await ParseAsync(fleet, args, terminal, interruption);
    }

    private static async Task<int> ParseAsync(Fleet fleet, string[] args, Terminal terminal, Interruption interruption)
    {
        var root = new RootCommand($"The fleet {fleet.Name}.");
        foreach (var command in new FleetCommands((location, run, cancellationToken) =>
                 run(new FleetContext(fleet, terminal, interruption, FolderOf(location)), cancellationToken)).All)
            root.Subcommands.Add(command);
        return await CommandLine.RunAsync(root, args, terminal, interruption);
    }

    private static string FolderOf(string? location)
    {
        if (Environment.GetEnvironmentVariable("FLOTILLA_FLEET") is { Length: > 0 } known) return Path.GetDirectoryName(known)!;
        // Serf starts the program where it was started itself: there the fleet is what was built, not its source.
        return Environment.GetEnvironmentVariable(Events.Serf.SerfScriptCall.EventVariable) is { Length: > 0 } && location is null && !File.Exists(FleetFile.Name)
            ? AppContext.BaseDirectory
            : Path.GetDirectoryName(FleetFile.Find(location))!;
    }

    private sealed class Capture
    {
        public Fleet? Fleet { get; set; }
    }

    // Two fleets may have one assembly name, so each has a context; what this process has loaded already is shared.
    private sealed class FleetLoadContext(string program) : AssemblyLoadContext(program)
    {
        private readonly AssemblyDependencyResolver _resolver = new(program);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (FileNotFoundException)
            {
                return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
            }
        }
    }
}
