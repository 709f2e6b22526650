using Flotilla.Images.Checking;
using Flotilla.Images.Graph;

namespace Flotilla.Images.Moving;

/// <summary>What a bundle holds, and whether it is whole.</summary>
/// <param name="File">The bundle.</param>
/// <param name="Images">Its lineages with what the verification of their newest versions found.</param>
/// <param name="Needs">Commits that a graph must have before it can import the bundle; none when it is complete.</param>
public sealed record BundleCheck(string File, IReadOnlyList<BundledImage> Images, IReadOnlyList<ObjectId> Needs)
{
    /// <summary>True when every hash is right and no signature is wrong.</summary>
    public bool Succeeded => Images.All(image => image.Verification.Succeeded);

    internal static ImageException Lacks(string file, string error) => ImageException.Of(
        ImageFault.NotFound, $"{file} continues versions that are not in this graph; nothing was taken.",
        "It lacks " + string.Join(", ", error.Split('\n').Select(line => line.Replace("error:", "", StringComparison.Ordinal).Trim().Split(' ')[0]).Where(word => ObjectId.TryParse(word, out _)).Select(word => word[..12])) + ".",
        "Import the bundle before it first, or have one made without --since.");
}

/// <summary>A lineage of a bundle.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Verification">What was found of its newest version, signatures included.</param>
public sealed record BundledImage(ImageName Name, ImageVerification Verification);

/// <summary>What was written into a bundle.</summary>
/// <param name="File">The bundle.</param>
/// <param name="Images">Its lineages with their newest versions.</param>
/// <param name="Signatures">How many signatures it holds.</param>
/// <param name="Bytes">Of the file.</param>
public sealed record CreatedBundle(string File, IReadOnlyList<(ImageName Name, ObjectId Commit)> Images, int Signatures, long Bytes);
