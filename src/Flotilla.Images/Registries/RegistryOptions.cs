using Flotilla.Core;

namespace Flotilla.Images.Registries;

/// <summary>How a registry is spoken to.</summary>
public sealed record RegistryOptions
{
    /// <summary>Who to be; null for what Docker's configuration says (<c>config.json</c>: <c>auths</c>, <c>credHelpers</c>, <c>credsStore</c>), else nobody.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <summary>The folder of Docker's configuration; null for that of DOCKER_CONFIG, else <c>~/.docker</c>.</summary>
    public string? ConfigurationFolder { get; init; }

    /// <summary>For which machines, where an image is for several; null for this one.</summary>
    public ImagePlatform? Platform { get; init; }

    /// <summary>Whether unencrypted HTTP is spoken with hosts other than this one.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>How the layers that are pushed are compressed.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Repositories of the same registry whose layers may be taken over instead of being sent (distribution-spec, "Mounting a blob").</summary>
    public IReadOnlyList<string> MountFrom { get; init; } = [];

    /// <summary>How long to wait before a failed request is repeated, unless the registry says it.</summary>
    public Backoff Retry { get; init; } = new(TimeSpan.FromMilliseconds(500), Max: TimeSpan.FromSeconds(30));

    /// <summary>How often a request is tried, or a transfer goes on without having got further.</summary>
    public int AttemptsMax { get; init; } = 6;

    /// <summary>Bytes sent in one request; larger blobs are sent in several, so that a cut costs no more than one.</summary>
    public int ChunkBytes { get; init; } = 32 << 20;

    /// <summary>How long a registry may take to begin its answer, or to send the next piece of one.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Randomness for spreading repetitions.</summary>
    public required Random Random { get; init; }
}

/// <summary>A user of a registry.</summary>
/// <param name="User">The name; empty with an identity token.</param>
/// <param name="Secret">Password or token.</param>
/// <param name="IsIdentityToken">Whether the secret is a refresh token of OAuth 2 rather than a password.</param>
public sealed record RegistryCredentials(string User, string Secret, bool IsIdentityToken = false)
{
    /// <summary>Never shows the secret.</summary>
    public override string ToString() => $"{User}:***";
}
