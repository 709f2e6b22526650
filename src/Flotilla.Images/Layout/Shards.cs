namespace Flotilla.Images.Layout;

/// <summary>Which metadata shard a path's line stands in: the one of its folder's first two levels.</summary>
internal static class Shards
{
    /// <summary>The shard of the image's root.</summary>
    public const string Root = "";

    /// <summary>The first two components of the path's folder.</summary>
    public static string Of(string path)
    {
        var first = path.IndexOf('/');
        if (first < 0) return Root;
        var second = path.IndexOf('/', first + 1);
        return second < 0 ? path[..first] : path[..second];
    }

    /// <summary>Whether a folder has a shard of its own: it is at most two levels deep.</summary>
    public static bool IsOwner(string folder)
    {
        var first = folder.IndexOf('/');
        return folder.Length > 0 && (first < 0 || folder.IndexOf('/', first + 1) < 0);
    }

    /// <summary>The file below <c>meta/</c> that holds a shard.</summary>
    public static string FileOf(string shard) => shard.Length == 0
        ? GitName.Own
        : GitName.OfPath(shard) + (shard.Contains('/') ? "" : "/" + GitName.Own);
}
