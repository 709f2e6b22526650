namespace Flotilla.Images.Destinations;

/// <summary>Where an image goes: a tar, an archive, a registry, an engine.</summary>
public interface IImageDestination
{
    /// <summary>How messages call it: <c>file shop.tar</c>. One line.</summary>
    string Name { get; }

    /// <summary>
    /// Writes the whole image, or leaves what was there as it was. <see cref="GraphImage.Config"/> and
    /// <see cref="GraphImage.Layers"/> give its bytes; <see cref="GraphLayer.WriteToAsync"/> throws when the graph does not give
    /// back what went in.
    /// </summary>
    Task WriteAsync(GraphImage image, CancellationToken cancellationToken);
}
