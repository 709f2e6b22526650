using System.Text;

namespace Flotilla.Detection.Bench;

/// <summary>
/// Which series are kept for the test, by their paths alone: a series stays on its side whatever else is in the folder. The
/// hash is FNV-1a (G. Fowler, L. C. Noll, P. Vo) with the mixing of SplitMix64 (G. Steele et al., 2014).
/// </summary>
internal static class SeriesSplit
{
    public static bool IsTest(string path, double share)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(path)) hash = (hash ^ octet) * 1099511628211UL;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9UL;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebUL;
        hash ^= hash >> 31;
        return (hash >> 11) * (1.0 / (1UL << 53)) < share;
    }
}
