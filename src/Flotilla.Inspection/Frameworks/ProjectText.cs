using System.Text;

namespace Flotilla.Inspection.Frameworks;

/// <summary>Reads a project's file as far as it can be read.</summary>
internal static class ProjectText
{
    private const int Limit = 2 * 1024 * 1024;

    /// <summary>The text; empty when the file is missing, unreadable, or over 2 MiB.</summary>
    public static string Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= Limit } ? File.ReadAllText(path, Encoding.UTF8) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
