using Flotilla.Core;
using Flotilla.Images.Configuration;
using Flotilla.Images.Registries;
using Flotilla.Images.Runtime;
using Flotilla.Images.Sources;

namespace Flotilla.Images.Building;

/// <summary>
/// Builds images: takes the upstream from the graph, runs a target's command in a container of it, and commits what the container is
/// then, with the upstream as the second parent. A command that fails commits nothing.
/// </summary>
/// <param name="graph">Where upstream and image live.</param>
/// <param name="runtime">What runs containers.</param>
/// <param name="time">The clock.</param>
public sealed class ImageBuilder(ImageGraph graph, IImageRuntime runtime, TimeProvider time)
{
    /// <summary>Builds the image of a configuration.</summary>
    /// <exception cref="ProblemException">The configuration does not say what is needed, or names what is not there.</exception>
    /// <exception cref="ImageException">The image cannot be taken, run or committed; the graph is as it was, but for an imported upstream.</exception>
    public async Task<BuiltImage> BuildAsync(ImageConfiguration configuration, BuildOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        var name = configuration.RequireName();
        var settings = options.Noop && !configuration.Targets.Contains(options.Target) ? configuration.Settings : configuration.Target(options.Target);
        var upstream = await UpstreamAsync(configuration, name, options, cancellationToken);
        var hash = BuildConfig.Sha256(configuration, settings, options);
        var source = $"target {options.Target} of {name}";
        var import = new ImportOptions
        {
            Upstream = upstream,
            Subject = $"{name} built from {upstream.Name}",
            Trailers = [new("Target", options.Target), new("Config-Sha256", hash)],
        };
        if (options.Noop)
        {
            var same = new BuiltSource(source, upstream.Config, [.. upstream.Layers.Select(GraphLayerSource.Of)]);
            return new BuiltImage(await graph.ImportAsync(same, name, import, cancellationToken), upstream, 0, 0);
        }
        if (settings.Command is null)
            throw new ProblemException(new Problem($"Target \"{options.Target}\" has no command, so there is nothing to build.", new SourceLocation(configuration.Files[^1], 0), Fix: "Add \"command: [...]\" to it, or build with --noop."));
        // A build is the same whether somebody watches it or not.
        var container = ContainerSettings.Of(upstream, settings, terminal: false);
        await using var ended = await runtime.RunAsync(upstream, container, options.Streams, cancellationToken);
        if (ended.ExitCode != 0) return new BuiltImage(null, upstream, ended.ExitCode, 0);
        var (built, changed) = await CaptureAsync(ended, upstream, source, options, settings, cancellationToken);
        return new BuiltImage(await graph.ImportAsync(built, name, import, cancellationToken), upstream, 0, changed);
    }

    private async Task<GraphImage> UpstreamAsync(ImageConfiguration configuration, ImageName name, BuildOptions options, CancellationToken cancellationToken)
    {
        var said = configuration.Upstream
            ?? throw new ProblemException(new Problem($"{name} has no upstream to build from.", new SourceLocation(configuration.Files[^1], 0), Fix: "Add \"image: { upstream: NAME }\", the image that it begins with."));
        if (said.Value == name.ToString())
            throw new ProblemException(new Problem($"{name} names itself as its upstream.", said.Where, "each build would then begin with the last one.", "Give image and upstream names of their own."));
        try
        {
            return graph.Find(said.Value);
        }
        catch (ImageException e) when (e.Fault == ImageFault.NotFound)
        {
            if (configuration.Source is not { } from || !ImageName.TryParse(said.Value, out var upstream))
                throw new ProblemException(e.Problem with { Where = said.Where, Fix = $"{e.Problem.Fix} Build or import it first, or say where it comes from: \"source: tar:FILE\" or \"source: HOST/NAME:TAG\"." }, e);
            var opened = await SourceAsync(from, options, cancellationToken);
            var imported = await graph.ImportAsync(opened, upstream, new ImportOptions(), cancellationToken);
            return graph.Load(imported.Commit);
        }
    }

    private async Task<IImageSource> SourceAsync(Said<string> from, BuildOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await ImageLocation.Parse(from.Value).ToSourceAsync(options.Registry ?? new RegistryOptions { Time = time, Random = new Random(0) }, cancellationToken);
        }
        catch (ImageException e)
        {
            throw new ProblemException(e.Problem with { Where = from.Where }, e);
        }
    }

    private async Task<(IImageSource Source, long Changed)> CaptureAsync(IEndedContainer ended, GraphImage upstream, string source, BuildOptions options, ImageSettings settings, CancellationToken cancellationToken)
    {
        DateTimeOffset? created = options.Epoch ? null : time.GetUtcNow();
        var createdBy = string.Join(' ', settings.Command!.Value);
        var full = upstream.Layers.Count >= ImageLimits.Default.LayersMax;
        var layer = options.Flatten || full ? null : await ended.CaptureChangesAsync(options.Epoch, cancellationToken);
        if (layer is null)
        {
            var whole = await ended.CaptureRootAsync(options.Epoch, cancellationToken);
            return (new BuiltSource(source, BuildConfig.Write(upstream.Config, [whole.DiffId], created, createdBy, hasLayer: true, flat: true), [whole.Layer]), 0);
        }
        List<SourceLayer> layers = [.. upstream.Layers.Select(GraphLayerSource.Of)];
        List<string> diffIds = [.. upstream.Layers.Select(each => each.DiffId)];
        if (layer.Members > 0)
        {
            layers.Add(layer.Layer);
            diffIds.Add(layer.DiffId);
        }
        return (new BuiltSource(source, BuildConfig.Write(upstream.Config, diffIds, created, createdBy, layer.Members > 0, flat: false), layers), layer.Members);
    }
}
