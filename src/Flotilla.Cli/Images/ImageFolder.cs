using System.CommandLine;
using Flotilla.Core;
using Flotilla.Images;
using Flotilla.Images.Configuration;
using Flotilla.Images.Runtime;
using Flotilla.Images.Runtime.Real;

namespace Flotilla.Cli.Images;

/// <summary>What commands in a folder with an <c>image.yaml</c> share.</summary>
internal static class ImageFolder
{
    public static Option<string?> Folder => new("--folder") { Description = "The image's folder, with its image.yaml [default: here]", HelpName = "DIR" };

    public static Argument<string> Target(string name) =>
        new("TARGET") { Description = $"The target of image.yaml", DefaultValueFactory = _ => name, Arity = ArgumentArity.ZeroOrOne };

    public static Option<string> Engine
    {
        get
        {
            var engine = new Option<string>("--engine") { Description = "What runs the container: runc (as root) or docker (through its socket, DOCKER_HOST)", HelpName = "runc|docker", DefaultValueFactory = _ => "runc" };
            engine.AcceptOnlyFromAmong("runc", "docker");
            return engine;
        }
    }

    public static IImageRuntime Runtime(ImageGraph graph, string engine) => engine == "docker" ? new DockerRuntime() : new RuncRuntime(graph, TimeProvider.System);

    public static ImageConfiguration Load(string? folder) => ImageConfiguration.Load(folder ?? Environment.CurrentDirectory);

    /// <summary>The graph that was named, else the one beside the topmost <c>image.yaml</c>, else one here or above.</summary>
    public static string GraphOf(ImageConfiguration configuration, string? named)
    {
        if (named is not null) return named;
        return Directory.Exists(configuration.GraphFolder) ? configuration.GraphFolder : ImageGraph.FindFolder(configuration.Folder) ?? configuration.GraphFolder;
    }

    /// <summary>Opens the graph for reading.</summary>
    public static ImageGraph Open(ImageConfiguration configuration, string? named)
    {
        var folder = GraphOf(configuration, named);
        return Directory.Exists(folder) ? ImageGraph.Open(folder, TimeProvider.System)
            : throw new ProblemException(new Problem($"There is no graph of images in {folder}.", Fix: "Build the image first with \"flotilla image build\", or name a graph with --graph DIR."));
    }
}
