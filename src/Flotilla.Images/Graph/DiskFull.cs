namespace Flotilla.Images.Graph;

/// <summary>Tells a full disk or an exhausted quota from other failures to write.</summary>
internal static class DiskFull
{
    // ENOSPC and EDQUOT of errno(3).
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    public static bool Is(IOException failure) => failure.HResult is NoSpace or OverQuota || failure.InnerException is IOException { HResult: NoSpace or OverQuota };
}
