using System.CommandLine;
using Flotilla.Commands;
using Flotilla.Console;
using Flotilla.Testing;

namespace Flotilla.Tests.Commands;

/// <summary>The commands of a fleet, parsed and run as its program does it.</summary>
public abstract class CommandsTests : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    protected string Output { get; private set; } = "";

    protected string Error { get; private set; } = "";

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<int> RunAsync(Fleet fleet, params string[] args)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var terminal = new Terminal(output, error);
        using var interruption = new Interruption(terminal);
        var root = new RootCommand();
        foreach (var command in new FleetCommands((_, run, cancellationToken) =>
                     run(new FleetContext(fleet, terminal, interruption, Folder.Path), cancellationToken)).All)
            root.Subcommands.Add(command);
        var code = await CommandLine.RunAsync(root, args, terminal, interruption);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }
}
