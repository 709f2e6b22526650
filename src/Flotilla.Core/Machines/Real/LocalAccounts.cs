namespace Flotilla.Core.Machines.Real;

/// <summary>The accounts of a passwd or group file, parsed again when the file has changed.</summary>
internal sealed class LocalAccounts(LocalTree tree, string path)
{
    private readonly Lock _lock = new();
    private (ulong Inode, ulong Size, long Seconds, uint Nanoseconds)? _version;
    private AccountFile _accounts = AccountFile.Empty;

    /// <summary>As the file says now; none when there is no such file.</summary>
    public AccountFile Current
    {
        get
        {
            lock (_lock)
            {
                using var location = tree.Locate(path);
                if (location.Stat() is not { Kind: FileKind.File } status)
                {
                    _version = null;
                    return _accounts = AccountFile.Empty;
                }
                var version = (status.Inode, status.Size, status.ModifiedSeconds, status.ModifiedNanoseconds);
                if (version != _version)
                {
                    _accounts = AccountFile.Parse(LocalFile.Read(location));
                    _version = version;
                }
                return _accounts;
            }
        }
    }
}
