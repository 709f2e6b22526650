using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;
using Flotilla.Images.Configuration;
using Flotilla.Images.Runtime;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image run [TARGET]</c> and <c>flotilla image shell [IMAGE]</c>. They end with the code of what ran.</summary>
internal static class RunCommands
{
    private static readonly string[] Shells = ["bin/bash", "usr/bin/bash", "bin/sh", "usr/bin/sh", "bin/busybox"];

    public static Command Run(Terminal terminal)
    {
        var target = ImageFolder.Target("run");
        var folder = ImageFolder.Folder;
        var graph = ImageCommands.Graph;
        var engine = ImageFolder.Engine;
        var image = new Option<string?>("--image") { Description = "Another version than the newest of the image's name: NAME, NAME~1 or NAME@COMMIT", HelpName = "IMAGE" };
        var command = new Command("run", "Run the image of a folder with the settings of a target") { target, folder, graph, image, engine };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var configuration = ImageFolder.Load(parsed.GetValue(folder));
            var settings = configuration.Target(parsed.GetValue(target)!);
            using var images = ImageFolder.Open(configuration, parsed.GetValue(graph));
            return await RunAsync(images, Find(images, parsed.GetValue(image), configuration), settings, parsed.GetValue(engine)!, terminal, cancellationToken);
        });
        return command;
    }

    public static Command Shell(Terminal terminal)
    {
        var image = new Argument<string?>("IMAGE") { Description = "NAME, NAME~1 or NAME@COMMIT [default: the image of the folder]", Arity = ArgumentArity.ZeroOrOne };
        var folder = ImageFolder.Folder;
        var graph = ImageCommands.Graph;
        var engine = ImageFolder.Engine;
        var command = new Command("shell", "Open a shell in an image; what it changes is thrown away") { image, folder, graph, engine };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var at = parsed.GetValue(folder) ?? Environment.CurrentDirectory;
            var configuration = ImageConfiguration.IsIn(at) || parsed.GetValue(image) is null ? ImageFolder.Load(at) : null;
            using var images = configuration is null ? ImageCommands.Open(parsed.GetValue(graph)) : ImageFolder.Open(configuration, parsed.GetValue(graph));
            var found = Find(images, parsed.GetValue(image), configuration);
            var shell = Shells.FirstOrDefault(path => found.Entries().Any(entry => entry.Path == path))
                ?? throw new ProblemException(new Problem($"{found.Name} has no shell.", Fix: "Run a program of it with a target: \"flotilla image run TARGET\"."));
            IReadOnlyList<string> words = shell.EndsWith("busybox", StringComparison.Ordinal) ? ["/" + shell, "sh"] : ["/" + shell];
            var settings = (configuration?.Settings ?? ImageSettings.Empty) with { Command = new(words, default) };
            return await RunAsync(images, found, settings, parsed.GetValue(engine)!, terminal, cancellationToken);
        });
        return command;
    }

    private static GraphImage Find(ImageGraph images, string? reference, ImageConfiguration? configuration) =>
        images.Find(reference ?? configuration!.RequireName().ToString());

    private static async Task<int> RunAsync(ImageGraph images, GraphImage image, ImageSettings settings, string engine, Terminal terminal, CancellationToken cancellationToken)
    {
        var attached = !System.Console.IsInputRedirected && !System.Console.IsOutputRedirected;
        if (settings.Attach?.Value == true && !attached)
            terminal.Note("There is no terminal to attach: the container runs without one.", Tone.Faint);
        var container = ContainerSettings.Of(image, settings, terminal: attached && settings.Attach?.Value != false);
        await using var ended = await ImageFolder.Runtime(images, engine).RunAsync(image, container, ContainerStreams.OfProcess, cancellationToken);
        if (settings.Purge?.Value == false) terminal.Note($"What it changed is in {ended.Keep()}.");
        return ended.ExitCode;
    }
}
