using Flotilla.Images.Graph;

namespace Flotilla.Images.Signing;

/// <summary>What a check of a signature found.</summary>
public enum SignatureState
{
    /// <summary>It is right, and the list of signers names its key.</summary>
    Good,

    /// <summary>It is right, but no list of signers was given to look its key up in.</summary>
    Unchecked,

    /// <summary>It is right, but the list of signers does not name its key.</summary>
    UnknownSigner,

    /// <summary>It does not fit what it signs.</summary>
    Bad,
}

/// <summary>A signature of a version.</summary>
/// <param name="Reference">The tag that holds it: <c>refs/tags/image/NAME/@COMMIT-KEY</c>.</param>
/// <param name="Commit">The version.</param>
/// <param name="State">What was found.</param>
/// <param name="Key">The key's fingerprint, <c>SHA256:…</c>; null when it could not be read.</param>
/// <param name="Signer">Who the list of signers says it is; null when it does not.</param>
public sealed record ImageSignature(string Reference, ObjectId Commit, SignatureState State, string? Key, string? Signer);
