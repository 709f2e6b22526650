using System.CommandLine;
using Flotilla.Console;

var terminal = Terminal.OfProcess();
using var interruption = new Interruption(terminal);
return await CommandLine.RunAsync(new RootCommand("Operate a small fleet of Linux hosts as one tested C# program."), args, terminal, interruption);
