namespace Flotilla.Benchmarks.Images;

/// <summary>Another way to store versions of a root.</summary>
internal abstract class Peer
{
    public abstract string Name { get; }

    /// <summary>What must be installed.</summary>
    public abstract IReadOnlyList<string> Programs { get; }

    /// <summary>What a reader must know to compare it.</summary>
    public abstract string Remark { get; }

    /// <summary>Makes an empty store; not measured.</summary>
    public virtual Task CreateAsync(string folder) => Task.CompletedTask;

    /// <summary>Stores one version.</summary>
    public abstract Task<Measured> StoreAsync(string folder, string tar);

    /// <summary>Brings the version stored last back as a tar or as files.</summary>
    public abstract Task<Measured> RestoreAsync(string folder, string tar);

    /// <summary>Bytes of all that it keeps.</summary>
    public static long BytesOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Where(file => file.LinkTarget is null).Sum(file => file.Length);

    public virtual long StoredBytes(string folder) => BytesOf(Path.Combine(folder, "store"));
}

/// <summary>A gzip layer, as registries and OCI layouts have it.</summary>
internal sealed class GzipPeer : Peer
{
    public override string Name => "gzip -6";
    public override IReadOnlyList<string> Programs => ["gzip"];
    public override string Remark => "each version whole";

    public override Task<Measured> StoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "mkdir -p \"$1/store\" && gzip -6 -c \"$2\" > \"$1/store/$3.gz\"", "sh", folder, tar, Path.GetFileName(tar));

    public override Task<Measured> RestoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "gzip -dc \"$1/store/$2.gz\" > \"$1/out.tar\"", "sh", folder, Path.GetFileName(tar));
}

/// <summary>Files unpacked and added to a git repository, then packed.</summary>
internal sealed class GitAddPeer : Peer
{
    public override string Name => "git add + repack";
    public override IReadOnlyList<string> Programs => ["git", "tar"];
    public override string Remark => "tar -x, add, commit, repack; owners, devices, times and empty folders are lost";

    public override Task<Measured> StoreAsync(string folder, string tar) => Measured.RunAsync(null, "sh", "-c", """
        set -e
        cd "$1"; rm -rf tree; mkdir tree; tar -x -f "$2" -C tree --exclude='./dev/*'
        [ -d store ] || git init -q --bare store
        git --git-dir=store config gc.auto 0
        git --git-dir=store --work-tree=tree add --all --force .
        git --git-dir=store --work-tree=tree -c user.name=a -c user.email=a@b commit -q -m version
        git --git-dir=store repack -q -d
        """, "sh", folder, tar);

    public override Task<Measured> RestoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "git --git-dir=\"$1/store\" archive HEAD > \"$1/out.tar\"", "sh", folder);
}

/// <summary>The same through git's importer of streams.</summary>
internal sealed class FastImportPeer : Peer
{
    public override string Name => "git fast-import";
    public override IReadOnlyList<string> Programs => ["git"];
    public override string Remark => "only git is counted, not what makes its stream; owners, devices, times and empty folders are lost";

    public override Task CreateAsync(string folder) => Measured.RunAsync(null, "git", "init", "-q", "--bare", Path.Combine(folder, "store"));

    public override Task<Measured> StoreAsync(string folder, string tar) =>
        Measured.RunAsync(stream => FastImportStream.Write(tar, stream), "git", "--git-dir=" + Path.Combine(folder, "store"), "fast-import", "--quiet", "--force");

    public override Task<Measured> RestoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "git --git-dir=\"$1/store\" archive main > \"$1/out.tar\"", "sh", folder);
}

/// <summary>ostree's archive mode.</summary>
internal sealed class OstreePeer : Peer
{
    public override string Name => "ostree archive";
    public override IReadOnlyList<string> Programs => ["ostree", "tar"];
    public override string Remark => "unpacking is not counted; it refuses devices, so they are left out, and loses times";

    public override Task CreateAsync(string folder) => Measured.RunAsync(null, "ostree", "init", "--mode=archive", "--repo=" + Path.Combine(folder, "store"));

    public override async Task<Measured> StoreAsync(string folder, string tar)
    {
        await Measured.RunAsync(null, "sh", "-c", "cd \"$1\" && rm -rf tree && mkdir tree && tar -x --xattrs -f \"$2\" -C tree --exclude='./dev/*'", "sh", folder, tar);
        return await Measured.RunAsync(null, "ostree", "commit", "--repo=" + Path.Combine(folder, "store"), "--branch=image", "--tree=dir=" + Path.Combine(folder, "tree"));
    }

    public override Task<Measured> RestoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "ostree export --repo=\"$1/store\" image > \"$1/out.tar\"", "sh", folder);
}

/// <summary>casync over the tar, in chunks of 64 KiB on average.</summary>
internal sealed class CasyncPeer : Peer
{
    public override string Name => "casync";
    public override IReadOnlyList<string> Programs => ["casync"];
    public override string Remark => "chunks of the tar, zstd; knows no files";

    public override Task<Measured> StoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "mkdir -p \"$1/store\" && casync make --store=\"$1/store/chunks\" \"$1/store/$3.caibx\" \"$2\"", "sh", folder, tar, Path.GetFileName(tar));

    public override Task<Measured> RestoreAsync(string folder, string tar) =>
        Measured.RunAsync(null, "sh", "-c", "casync extract --store=\"$1/store/chunks\" \"$1/store/$2.caibx\" \"$1/out.tar\"", "sh", folder, Path.GetFileName(tar));
}
