using System.Runtime.InteropServices;

namespace Flotilla.Images;

/// <summary>Which machines an image is for (OCI image-spec, image-index.md, "platform").</summary>
/// <param name="System">The operating system: <c>linux</c>.</param>
/// <param name="Architecture">As Go calls it: <c>amd64</c>, <c>arm64</c>, <c>arm</c>.</param>
/// <param name="Variant">Of the architecture, such as <c>v7</c>; null for any.</param>
public sealed record ImagePlatform(string System, string Architecture, string? Variant = null)
{
    /// <summary>Linux on this machine's architecture.</summary>
    public static ImagePlatform Current { get; } = new("linux", RuntimeInformation.ProcessArchitecture switch
    {
        global::System.Runtime.InteropServices.Architecture.X64 => "amd64",
        global::System.Runtime.InteropServices.Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    });

    /// <summary>Reads <c>linux/arm64</c> or <c>linux/arm/v7</c>; throws <see cref="ImageException"/>.</summary>
    public static ImagePlatform Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') switch
        {
            [{ Length: > 0 } system, { Length: > 0 } architecture] => new(system, architecture),
            [{ Length: > 0 } system, { Length: > 0 } architecture, { Length: > 0 } variant] => new(system, architecture, variant),
            _ => throw ImageException.Of(ImageFault.BadName, $"\"{text}\" is no platform.", fix: "Write linux/amd64, linux/arm64 or linux/arm/v7."),
        };
    }

    /// <summary>Whether an image for <paramref name="offered"/> is one for this platform.</summary>
    public bool Accepts(ImagePlatform offered)
    {
        ArgumentNullException.ThrowIfNull(offered);
        return System == offered.System && Architecture == offered.Architecture && (Variant is null || offered.Variant is null || Variant == offered.Variant);
    }

    /// <inheritdoc/>
    public override string ToString() => Variant is null ? $"{System}/{Architecture}" : $"{System}/{Architecture}/{Variant}";
}
