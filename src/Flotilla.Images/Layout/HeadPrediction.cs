using Flotilla.Images.Tar;

namespace Flotilla.Images.Layout;

/// <summary>What a member's line must say beside its values, so that its head can be made again byte for byte.</summary>
internal static class HeadPrediction
{
    /// <summary>Compares the head with what the layer's dialect makes of the member: nothing, a patch, or the raw head goes into the line.</summary>
    public static void Make(Member member, TarHead head, Dialect dialect)
    {
        dialect.Learn(member, head);
        var predicted = dialect.Render(member);
        if (head.Bytes.SequenceEqual(predicted)) return;
        member.Patch = HeadPatch.Between(predicted, head.Bytes);
        if (member.Patch is not null) return;
        member.Raw = Convert.ToBase64String(head.Bytes);
        // What the raw head says need not be said twice.
        member.Extensions = member.Extensions?.FindAll(extension => extension.Key.StartsWith("x:", StringComparison.Ordinal));
    }
}
