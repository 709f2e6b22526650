namespace Flotilla.Images;

/// <summary>How the layers of an archive or registry are compressed.</summary>
public enum LayerCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip (RFC 1952), which everything reads.</summary>
    Gzip,

    /// <summary>zstd (RFC 8878): faster and smaller; needs the system's libzstd, and Docker 23, containerd 1.5 or newer to read it.</summary>
    Zstd,
}
