namespace Flotilla.Inspection.Tools.Programs;

/// <summary>Which of a tool's codes a profile wants, for tools whose own program cannot leave codes out.</summary>
internal static class CodeList
{
    /// <summary>A disabled code is not wanted, nor those that begin with it (<c>E1</c> for <c>E101</c>), unless one is enabled in full.</summary>
    public static bool Wants(ToolSettings settings, string code)
    {
        if (settings.Enable.Contains(code, StringComparer.Ordinal)) return true;
        foreach (var disabled in settings.Disable)
            if (disabled == code || (IsFamily(disabled) && code.StartsWith(disabled, StringComparison.Ordinal))) return false;
        return true;
    }

    // A letter or three and digits: what pycodestyle, pydocstyle and bandit let name a family. Words are whole names.
    private static bool IsFamily(string code) => code.Length is > 0 and < 6 && char.IsAsciiLetterUpper(code[0]) && code.All(char.IsAsciiLetterOrDigit);
}
