namespace Flotilla.Events;

/// <summary>Whole names with <c>*</c> for any characters, none included, and <c>?</c> for exactly one.</summary>
internal static class NamePattern
{
    /// <summary>
    /// Compares ordinally by UTF-16 code unit. Greedy with one step of backtracking to the latest star, so that the time is at most
    /// pattern × name and never exponential.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
