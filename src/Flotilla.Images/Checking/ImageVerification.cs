using Flotilla.Core;
using Flotilla.Images.Graph;
using Flotilla.Images.Signing;

namespace Flotilla.Images.Checking;

/// <summary>What a verification found.</summary>
/// <param name="Commit">The version.</param>
/// <param name="Objects">How many objects were read and hashed.</param>
/// <param name="Layers">How many layers came out as the commit says.</param>
/// <param name="Signatures">The signatures of the version.</param>
/// <param name="Problems">What is wrong; empty when the image is what was imported, and what was signed.</param>
public sealed record ImageVerification(ObjectId Commit, int Objects, int Layers, IReadOnlyList<ImageSignature> Signatures, IReadOnlyList<Problem> Problems)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool Succeeded => Problems.Count == 0;
}
