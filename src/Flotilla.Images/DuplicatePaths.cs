namespace Flotilla.Images;

/// <summary>What to do with a layer that has a path twice.</summary>
public enum DuplicatePaths
{
    /// <summary>Refuse it with <see cref="ImageFault.PathConflict"/>, as Docker does.</summary>
    Refuse,

    /// <summary>The last one is what the image shows; all are kept, so that the layer comes out as it went in.</summary>
    LastWins,
}
