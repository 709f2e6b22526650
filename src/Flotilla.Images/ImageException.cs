using Flotilla.Core;

namespace Flotilla.Images;

/// <summary>What kind of thing went wrong with an image, for code that has to tell one failure from another.</summary>
public enum ImageFault
{
    /// <summary>The name or reference cannot be one.</summary>
    BadName,

    /// <summary>There is no such image, version, file or graph.</summary>
    NotFound,

    /// <summary>The bytes are no tar, or a damaged one.</summary>
    BadTar,

    /// <summary>The compression is damaged, cut short or not supported.</summary>
    BadCompression,

    /// <summary>The archive or its manifest is not what its format says.</summary>
    BadArchive,

    /// <summary>A name leads outside the image.</summary>
    PathEscapes,

    /// <summary>Two members have one path, or a file stands where a folder must.</summary>
    PathConflict,

    /// <summary>Something is larger or more numerous than <see cref="ImageLimits"/> allow.</summary>
    TooLarge,

    /// <summary>A digest or size is not the one that was promised.</summary>
    DigestMismatch,

    /// <summary>A feature of a format that is refused: sparse files, unknown members.</summary>
    Unsupported,

    /// <summary>The graph is damaged, or holds objects that no import wrote.</summary>
    DamagedGraph,

    /// <summary>The image would not come out as it went in; nothing was committed.</summary>
    NotReproducible,

    /// <summary>Another process holds the graph.</summary>
    Busy,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary><c>git</c> failed.</summary>
    GitFailed,

    /// <summary>A registry wants credentials, or others than were given.</summary>
    Unauthorized,

    /// <summary>A registry or engine does not answer, or answers that it cannot.</summary>
    Unreachable,

    /// <summary>The runtime of containers failed, or cannot do what was asked of it.</summary>
    RuntimeFailed,

    /// <summary>Two graphs have different newest versions of one lineage, and neither is before the other.</summary>
    Diverged,

    /// <summary>An image cannot be signed, or its signatures cannot be checked at all.</summary>
    SigningFailed,
}

/// <summary>An image could not be imported, exported, compared or checked. Nothing in the graph refers to what was written before.</summary>
public sealed class ImageException(ImageFault fault, Problem problem, Exception? inner = null) : Exception(problem.ToString(), inner)
{
    /// <summary>The kind.</summary>
    public ImageFault Fault { get; } = fault;

    /// <summary>What, where, why, and what to do.</summary>
    public Problem Problem { get; } = problem;

    internal static ImageException Of(ImageFault fault, string what, string? why = null, string? fix = null, Exception? inner = null) =>
        new(fault, new Problem(what, Why: why, Fix: fix), inner);
}
