using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;
using Flotilla.Images.Building;
using Flotilla.Images.Runtime;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image build [TARGET]</c>.</summary>
internal static class BuildCommand
{
    public static Command Create(Terminal terminal)
    {
        var target = ImageFolder.Target("build");
        var folder = ImageFolder.Folder;
        var graph = ImageCommands.Graph;
        var engine = ImageFolder.Engine;
        var noop = new Option<bool>("--noop") { Description = "Run nothing: commit the upstream under the image's name" };
        var epoch = new Option<bool>("--epoch") { Description = "Set the times of what the build changed to 1970, so that equal builds give equal images" };
        var flatten = new Option<bool>("--flatten") { Description = "Make one layer of the whole root" };
        var command = new Command("build", "Build the image of a folder: run its build command in its upstream, and commit the result") { target, folder, graph, engine, noop, epoch, flatten };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var configuration = ImageFolder.Load(parsed.GetValue(folder));
            var name = configuration.RequireName();
            using var images = await ImageGraph.OpenOrCreateAsync(ImageFolder.GraphOf(configuration, parsed.GetValue(graph)), TimeProvider.System, cancellationToken);
            await using var output = System.Console.OpenStandardError();
            var options = new BuildOptions
            {
                Target = parsed.GetValue(target)!,
                Noop = parsed.GetValue(noop),
                Epoch = parsed.GetValue(epoch),
                Flatten = parsed.GetValue(flatten),
                Registry = ImageCommands.Registry(plainHttp: false),
                Streams = new ContainerStreams { Output = output, Error = output },
            };
            var built = await new ImageBuilder(images, ImageFolder.Runtime(images, parsed.GetValue(engine)!), TimeProvider.System).BuildAsync(configuration, options, cancellationToken);
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new BuildOutput(
                    name.ToString(), options.Target, built.Upstream.Name, built.Upstream.Commit.ToString(), built.ExitCode, built.Image?.Commit.ToString(), built.Image?.IsNew ?? false,
                    built.Image?.DiffIds, built.Image?.StoredBytes), ImageJson.Default.BuildOutput);
            if (built.Image is not { } image)
            {
                terminal.Problem(new Problem(
                    $"The command of target \"{options.Target}\" ended with {built.ExitCode}; nothing was committed.", configuration.Target(options.Target).Command!.Where,
                    Fix: $"What it printed is above; \"flotilla image shell {built.Upstream.Name}\" looks around in the upstream."));
                return ExitCodes.Failed;
            }
            if (terminal.Format != OutputFormat.Json)
                terminal.Line(image.IsNew
                    ? $"{name} is {image.Commit.ToShortString()}, built from {built.Upstream.Name} {built.Upstream.Commit.ToShortString()}: {ImageCommands.Size(image.StoredBytes)} stored"
                    : $"{name} was this image already: {image.Commit.ToShortString()}", image.IsNew ? Tone.Good : Tone.Plain);
            return ExitCodes.Done;
        });
        return command;
    }
}
