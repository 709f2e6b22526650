namespace Flotilla.Images;

/// <summary>How much an image may ask for before it is refused with <see cref="ImageFault.TooLarge"/>.</summary>
public sealed record ImageLimits
{
    /// <summary>The limits that hold unless others are given.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Members of one layer. Each takes about 1.5 kB of memory during an import, so that these stay below 512 MB.</summary>
    public long EntriesMax { get; init; } = 300_000;

    /// <summary>Bytes of one layer's tar, uncompressed.</summary>
    public long LayerBytesMax { get; init; } = 64L << 30;

    /// <summary>Layers of one image; overlay file systems take no more than 128.</summary>
    public int LayersMax { get; init; } = 127;

    /// <summary>Uncompressed bytes for each compressed one, once <see cref="RatioFromBytes"/> came out.</summary>
    public double RatioMax { get; init; } = 200;

    /// <summary>Uncompressed bytes from which <see cref="RatioMax"/> holds: small layers of zeros are no bombs.</summary>
    public long RatioFromBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of a path or of a link's target.</summary>
    public int PathBytesMax { get; init; } = 4096;

    /// <summary>Bytes of what stands before one member: its header, extended records, long names.</summary>
    public int HeaderBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes after the end of the archive's members, where they are not zero.</summary>
    public int TailBytesMax { get; init; } = 16 << 20;

    /// <summary>Folders within folders: git refuses trees of more than a few thousand levels.</summary>
    public int DepthMax { get; init; } = 1000;
}
