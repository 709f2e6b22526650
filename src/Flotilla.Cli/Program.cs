using System.CommandLine;
using Flotilla.Cli.Bench;
using Flotilla.Cli.Images;
using Flotilla.Cli.Inspect;
using Flotilla.Commands;
using Flotilla.Console;
using Flotilla.Programs;
using Flotilla.Programs.Real;

var terminal = Terminal.OfProcess();
using var interruption = new Interruption(terminal);
// Serf starts its -event-handler without arguments.
if (args.Length == 0 && Environment.GetEnvironmentVariable("SERF_EVENT") is { Length: > 0 }) args = ["handle"];

var root = new RootCommand("Operate a small fleet of Linux hosts as one tested C# program.");
foreach (var command in FleetCommands.Forwarded(RunFleetAsync)) root.Subcommands.Add(command);

var name = new Argument<string>("NAME") { Description = "The new fleet's name, and its folder: lower-case letters, digits and -" };
var create = new Command("new", "Write a new fleet that runs, with its tests") { name };
create.SetAction(parsed =>
{
    var files = NewFleet.Write(parsed.GetValue(name)!, Environment.CurrentDirectory);
    foreach (var file in files) terminal.Line($"+ {file}", Tone.Good);
    terminal.Note($"Next: \"flotilla simulate {parsed.GetValue(name)}\", then \"flotilla up {parsed.GetValue(name)}\".", Tone.Faint);
    return ExitCodes.Done;
});

var library = new Argument<string>("NAME") { Description = "The new library's name, and its folder: lower-case letters, digits and -" };
var createHandlers = new Command("handlers", "Write a new library of handlers that fleets share, with its tests") { library };
createHandlers.SetAction(parsed =>
{
    var made = parsed.GetValue(library)!;
    foreach (var file in NewHandlers.Write(made, Environment.CurrentDirectory)) terminal.Line($"+ {file}", Tone.Good);
    terminal.Note($"Next: \"dotnet run --project {made}/tests/{made}.Tests\", then \"#:project\" {made}/src/{made}.csproj in a fleet.", Tone.Faint);
    return ExitCodes.Done;
});
create.Subcommands.Add(createHandlers);
// The usage of a subcommand shows its parent's arguments, which this one has not.
name.Hidden = args is ["new", "handlers", ..];
root.Subcommands.Add(create);
root.Subcommands.Add(BenchCommands.Create(terminal));
root.Subcommands.Add(ImageCommands.Create(terminal));
root.Subcommands.Add(InspectCommand.Create(terminal));

return await CommandLine.RunAsync(root, args, terminal, interruption);

async Task<int> RunFleetAsync(string? location, CancellationToken cancellationToken)
{
    var fleet = FleetFile.Find(location);
    var program = FleetBuild.TryFind(fleet)
        ?? await terminal.WorkingAsync($"building {Path.GetRelativePath(Environment.CurrentDirectory, fleet)}",
            () => FleetBuild.EnsureAsync(fleet, cancellationToken), TimeProvider.System);
    ProgramStart.Become(program, args, new Dictionary<string, string>
    {
        ["FLOTILLA_FLEET"] = fleet,
        ["FLOTILLA_COMMAND"] = Environment.GetCommandLineArgs()[0],
    });
    return ExitCodes.Failed;
}
