namespace Flotilla.Programs.Real;

/// <summary>
/// FNV-1a of 64 bits (Fowler, Noll, Vo) over text: tells files that changed and folders apart. Nothing secret hangs on it, and
/// loading a cryptographic library would cost more than all else at the start of a command.
/// </summary>
internal struct Fingerprint()
{
    private ulong _hash = 14695981039346656037UL;

    public static string Of(string text)
    {
        var fingerprint = new Fingerprint();
        fingerprint.Append(text);
        return fingerprint.ToString();
    }

    public void Append(string text)
    {
        foreach (var letter in text) _hash = unchecked((_hash ^ letter) * 1099511628211UL);
    }

    public override readonly string ToString() => _hash.ToString("x16");
}
