using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image bundle</c>: images in a file, for where no network goes.</summary>
internal static class BundleCommands
{
    public static Command Bundle(Terminal terminal) => new("bundle", "Carry images with their history and signatures in one file") { Create(terminal), Verify(terminal), Import(terminal) };

    private static Argument<string> File => new("FILE") { Description = "The bundle" };

    private static Command Create(Terminal terminal)
    {
        var file = File;
        var names = MoveCommands.Names;
        var since = new Option<string[]>("--since") { Description = "A version that the receiver has (NAME~1, NAME@COMMIT): leave out it and what is before it", HelpName = "REF", AllowMultipleArgumentsPerToken = false };
        var graph = ImageCommands.Graph;
        var command = new Command("create", "Write images into a bundle") { file, names, since, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var past = (parsed.GetValue(since) ?? []).Select(each => images.Find(each).Commit).ToList();
            var made = await TransferProgress.WithAsync(terminal, progress => images.CreateBundleAsync(parsed.GetValue(file)!, parsed.GetValue(names)!, past, progress, cancellationToken));
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new BundleOutput(made.File, [.. made.Images.Select(each => new BundledOutput(each.Name.ToString(), each.Commit.ToString()))], made.Signatures, made.Bytes), ImageJson.Default.BundleOutput);
            else
            {
                foreach (var (name, commit) in made.Images) terminal.Line($"+ {name} {commit.ToShortString()}", Tone.Good);
                terminal.Line($"{made.File}: {ImageCommands.Size(made.Bytes)}, {made.Signatures} signature{(made.Signatures == 1 ? "" : "s")}");
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Verify(Terminal terminal)
    {
        var file = File;
        var signers = SignCommands.Signers;
        var graph = ImageCommands.Graph;
        var command = new Command("verify", "Check every object of a bundle, each hash of its images, and their signatures; exits with 1 when one is wrong") { file, signers, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(graph) ?? ImageGraph.FindFolder(Environment.CurrentDirectory);
            var list = parsed.GetValue(signers);
            var check = await TransferProgress.WithAsync(terminal, progress => ImageGraph.VerifyBundleAsync(parsed.GetValue(file)!, folder, list, TimeProvider.System, progress, cancellationToken));
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new BundleCheckOutput(
                    check.File, check.Succeeded, [.. check.Needs.Select(each => each.ToString())],
                    [.. check.Images.Select(each => SignCommands.Output(each.Name.ToString(), each.Verification))]), ImageJson.Default.BundleCheckOutput);
            else
            {
                foreach (var each in check.Images) SignCommands.Print(terminal, each.Name.ToString(), each.Verification);
                if (check.Needs.Count > 0) terminal.Line($"It continues {string.Join(", ", check.Needs.Select(each => each.ToShortString()))}: the graph that it is for has to have them.");
            }
            return check.Succeeded ? ExitCodes.Done : ExitCodes.Found;
        });
        return command;
    }

    private static Command Import(Terminal terminal)
    {
        var file = File;
        var names = MoveCommands.Names;
        var graph = ImageCommands.Graph;
        var command = new Command("import", "Bring the images of a bundle into the graph") { file, names, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            if (!System.IO.File.Exists(path)) throw new ProblemException(new Problem($"There is no file {path}.", Fix: "Name a bundle; \"flotilla image pull\" takes other graphs."));
            MoveCommands.Show(terminal, await MoveCommands.PullAsync(terminal, parsed.GetValue(graph), Path.GetFullPath(path), parsed.GetValue(names)!, cancellationToken), "imported");
            return ExitCodes.Done;
        });
        return command;
    }
}
