using Flotilla.Images.Graph;

namespace Flotilla.Images.Moving;

/// <summary>What became of a lineage when it was pushed or pulled.</summary>
public enum TransferOutcome
{
    /// <summary>Both sides had the same newest version.</summary>
    Same,

    /// <summary>The receiving side did not have it.</summary>
    New,

    /// <summary>The receiving side has newer versions now.</summary>
    Updated,

    /// <summary>The receiving side has newer versions than the giving one; nothing was done.</summary>
    Ahead,
}

/// <summary>A lineage that was pushed or pulled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Before">The newest version of the receiving side before; null when it had none.</param>
/// <param name="Commit">The newest version of the receiving side now.</param>
public sealed record TransferredImage(ImageName Name, TransferOutcome Outcome, ObjectId? Before, ObjectId Commit);

/// <summary>What was pushed to or pulled from another graph.</summary>
/// <param name="Remote">The other graph: an address, a folder or a bundle.</param>
/// <param name="Images">The lineages, by name.</param>
/// <param name="Signatures">How many signatures went along that the receiving side did not have.</param>
public sealed record ImageTransfer(string Remote, IReadOnlyList<TransferredImage> Images, int Signatures);
