using System.CommandLine;
using Flotilla.Console;
using Flotilla.Images;
using Flotilla.Images.Moving;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image push</c> and <c>pull</c>.</summary>
internal static class MoveCommands
{
    public static Argument<string[]> Names => new("NAME") { Description = "Images, all below a name, or names without their beginning; all images unless given", Arity = ArgumentArity.ZeroOrMore };

    public static Command Push(Terminal terminal)
    {
        var remote = Remote;
        var names = Names;
        var graph = ImageCommands.Graph;
        var command = new Command("push", "Push images with their history and signatures to another graph") { remote, names, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            Show(terminal, await TransferProgress.WithAsync(terminal, progress => images.PushAsync(parsed.GetValue(remote)!, parsed.GetValue(names)!, progress, cancellationToken)), "pushed");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Pull(Terminal terminal)
    {
        var remote = Remote;
        var names = Names;
        var graph = ImageCommands.Graph;
        var command = new Command("pull", "Pull images with their history and signatures from another graph") { remote, names, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            Show(terminal, await PullAsync(terminal, parsed.GetValue(graph), parsed.GetValue(remote)!, parsed.GetValue(names)!, cancellationToken), "pulled");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Pulls, into a new graph if there is none; one that got nothing is removed again.</summary>
    public static async Task<ImageTransfer> PullAsync(Terminal terminal, string? graph, string remote, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(graph ?? ImageGraph.FindFolder(Environment.CurrentDirectory) ?? ImageGraph.DefaultFolder);
        var wasThere = Directory.Exists(folder);
        using var images = await ImageGraph.OpenOrCreateAsync(folder, TimeProvider.System, cancellationToken);
        try
        {
            return await TransferProgress.WithAsync(terminal, progress => images.PullAsync(remote, names, progress, cancellationToken));
        }
        catch when (!wasThere)
        {
            images.RemoveIfEmpty();
            throw;
        }
    }

    public static void Show(Terminal terminal, ImageTransfer transfer, string verb)
    {
        if (terminal.Format == OutputFormat.Json)
        {
            terminal.Json(new TransferOutput(
                transfer.Remote, [.. transfer.Images.Select(each => new TransferredOutput(each.Name.ToString(), Word(each.Outcome), each.Before?.ToString(), each.Commit.ToString()))], transfer.Signatures), ImageJson.Default.TransferOutput);
            return;
        }
        foreach (var each in transfer.Images)
            terminal.Line(each.Outcome switch
            {
                TransferOutcome.New => $"+ {each.Name} {each.Commit.ToShortString()}",
                TransferOutcome.Updated => $"~ {each.Name} {each.Before?.ToShortString()} -> {each.Commit.ToShortString()}",
                TransferOutcome.Ahead => $"  {each.Name} {each.Commit.ToShortString()} is newer where it should go: nothing to do",
                _ => $"  {each.Name} {each.Commit.ToShortString()} is the same",
            }, each.Outcome is TransferOutcome.New or TransferOutcome.Updated ? Tone.Good : Tone.Faint);
        if (transfer.Images.Count == 0) terminal.Note("There are no images.");
        if (transfer.Signatures > 0) terminal.Line($"{transfer.Signatures} signature{(transfer.Signatures == 1 ? "" : "s")} {verb}", Tone.Good);
    }

    private static Argument<string> Remote => new("REMOTE") { Description = "The other graph: a folder, ssh://HOST/PATH, HOST:PATH, https://…, or a short name of git's" };

    private static string Word(TransferOutcome outcome) => outcome switch
    {
        TransferOutcome.New => "new",
        TransferOutcome.Updated => "updated",
        TransferOutcome.Ahead => "ahead",
        _ => "same",
    };
}
