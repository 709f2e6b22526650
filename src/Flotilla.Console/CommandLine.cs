using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Flotilla.Core;

namespace Flotilla.Console;

/// <summary>Runs a tree of commands by the conventions of Flotilla: streams, exit codes, suggestions for typos.</summary>
public static class CommandLine
{
    /// <summary><c>--output text|json</c>, on every command.</summary>
    public static Option<OutputFormat> OutputOption { get; } = new("--output", "-o")
    {
        Description = "How to print results: text or json",
        HelpName = "text|json",
        Recursive = true,
    };

    /// <summary>Parses and runs; the result is the exit code of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> args, Terminal terminal, Interruption interruption)
    {
        ArgumentNullException.ThrowIfNull(root);
        root.HelpName = "flotilla";
        if (!root.Options.Contains(OutputOption)) root.Options.Add(OutputOption);
        if (args.Count == 0) args = ["--help"];
        var parsed = root.Parse(args);
        // --help and --version win over whatever else is wrong; a parse error's own action is replaced by ours.
        var unknown = parsed.Action is ParseErrorAction or null || !IsBuiltIn(parsed) ? UnknownOptions(parsed, args).ToList() : [];
        if (unknown.Count > 0 || (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction or null))
        {
            foreach (var problem in unknown.Count > 0 ? unknown : Problems(parsed)) terminal.Problem(problem);
            return ExitCodes.WrongUse;
        }
        terminal.Format = parsed.GetValue(OutputOption);
        return await GuardAsync(token => parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = terminal.Output,
            Error = terminal.Error,
        }, token), terminal, interruption);
    }

    /// <summary>Runs what needs no parsing, with the messages and exit codes of every command.</summary>
    public static async Task<int> GuardAsync(Func<CancellationToken, Task<int>> run, Terminal terminal, Interruption interruption)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(interruption);
        try
        {
            return await run(interruption.Token);
        }
        catch (ProblemException e)
        {
            foreach (var problem in e.Problems) terminal.Problem(problem);
            return ExitCodes.WrongUse;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Problem(new Problem(e.Message));
            return ExitCodes.Failed;
        }
        catch (Exception e)
        {
            terminal.Problem(new Problem(e.Message, Fix: "This looks like a bug in Flotilla or in the fleet; the lines below say where."));
            terminal.Note(e.ToString());
            return ExitCodes.Failed;
        }
    }

    // --help and --version are actions of options, not of commands.
    private static bool IsBuiltIn(ParseResult parsed) => parsed.Action != parsed.CommandResult.Command.Action;

    // The parser takes a mistyped option for an argument where one is allowed, so they are looked for here.
    private static IEnumerable<Problem> UnknownOptions(ParseResult parsed, IReadOnlyList<string> args)
    {
        var names = AllOptions(parsed.CommandResult).SelectMany(option => option.Aliases.Append(option.Name)).ToList();
        return args.TakeWhile(arg => arg != "--")
            .Where(arg => arg.Length > 2 && arg.StartsWith("--", StringComparison.Ordinal))
            .Select(arg => arg.Split('=', ':')[0])
            .Where(arg => !names.Contains(arg))
            .Select(arg => new Problem($"There is no option {arg}.",
                Fix: $"{Near(arg, [.. names.Where(name => name.StartsWith("--", StringComparison.Ordinal))])}Run \"{Path(parsed.CommandResult)} --help\" for the options."));
    }

    private static IEnumerable<Problem> Problems(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = Path(parsed.CommandResult);
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (token.StartsWith('-'))
                yield return new Problem($"There is no option {token}.", Fix: $"Run \"{path} --help\" for the options.");
            else if (command.Subcommands.Count > 0)
            {
                var names = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name).ToList();
                yield return new Problem($"There is no command \"{token}\".", Fix: $"{Near(token, names)}Run \"{path} --help\" for the commands.");
            }
            else
                yield return new Problem($"\"{token}\" is one argument too many.", Fix: $"Run \"{path} --help\" for the arguments.");
        }
        if (parsed.UnmatchedTokens.Count == 0)
            foreach (var error in parsed.Errors)
                yield return new Problem(error.Message, Fix: $"Run \"{path} --help\" for the usage.");
    }

    private static string Near(string typed, IReadOnlyCollection<string> names) =>
        Suggestion.For(typed, names) is { } near ? $"Did you mean \"{near}\"? " : "";

    private static IEnumerable<Option> AllOptions(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
            if (at is CommandResult command)
                foreach (var option in command.Command.Options)
                    if (at == result || option.Recursive) yield return option;
    }

    private static string Path(CommandResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is not null; at = at.Parent)
            if (at is CommandResult command) names.Add(command.Parent is null ? "flotilla" : command.Command.Name);
        names.Reverse();
        return string.Join(' ', names);
    }
}
