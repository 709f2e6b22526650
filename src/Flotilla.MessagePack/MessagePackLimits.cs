namespace Flotilla.MessagePack;

/// <summary>What a reader accepts from someone it does not trust. Beyond a limit it throws <see cref="MessagePackException"/>.</summary>
/// <param name="DepthMax">How many arrays and maps may stand within each other.</param>
/// <param name="LengthMax">The most bytes of one string, binary or extension.</param>
/// <param name="CountMax">The most elements of one array, or pairs of one map.</param>
/// <param name="TotalMax">The most bytes of one whole value, as a <see cref="MessagePackScanner"/> counts them.</param>
public sealed record MessagePackLimits(int DepthMax = 64, int LengthMax = 16 << 20, int CountMax = 1 << 20, long TotalMax = 64 << 20)
{
    /// <summary>64 levels, 16 MiB in one string, 1,048,576 elements, 64 MiB in all.</summary>
    public static MessagePackLimits Default { get; } = new();
}
