namespace Flotilla.Images;

/// <summary>How an image is imported.</summary>
public sealed record ImportOptions
{
    /// <summary>What it may ask for.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>What to do with a path that a layer has twice.</summary>
    public DuplicatePaths Duplicates { get; init; }

    /// <summary>What it was built from: becomes the second parent of the commit. Null for none.</summary>
    public GraphImage? Upstream { get; init; }

    /// <summary>Who commits, as git writes it: <c>name &lt;address&gt;</c>.</summary>
    public string Author { get; init; } = "Flotilla <flotilla@localhost>";

    /// <summary>The first line of the commit; null for one that names image and source.</summary>
    public string? Subject { get; init; }

    /// <summary>Further trailers of the commit, such as the build's target: keys of letters and <c>-</c>, values of one line.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; init; } = [];

    /// <summary>
    /// Whether the proof before the commit reads contents again that the graph had before, too. Unless asked for, it makes all headers
    /// from what was stored and reads every new object; what was there was read when it came, and an export hashes it anyway.
    /// </summary>
    public bool ProveEverything { get; init; }

    /// <summary>
    /// How hard contents are compressed, 0 to 9 as zlib counts; 5 takes a tenth less time than 6 for a five-hundredth more bytes. Where the system has libdeflate,
    /// the same level takes a quarter less time and a fiftieth less bytes.
    /// </summary>
    public int CompressionLevel { get; init; } = 5;
}
