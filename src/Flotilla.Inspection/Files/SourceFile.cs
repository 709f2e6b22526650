namespace Flotilla.Inspection.Files;

/// <summary>A file to inspect.</summary>
/// <param name="Path">Relative to the root, with <c>/</c>.</param>
/// <param name="FullPath">Where it is on this machine.</param>
/// <param name="Language">One of <see cref="Languages"/>.</param>
public sealed record SourceFile(string Path, string FullPath, string Language);

/// <summary>The languages that files are sorted into.</summary>
public static class Languages
{
    /// <summary>Python, by suffix or the first line.</summary>
    public const string Python = "python";

    /// <summary>C# sources and project files.</summary>
    public const string CSharp = "csharp";

    /// <summary>POSIX shell and its descendants, by suffix or the first line.</summary>
    public const string Shell = "shell";

    /// <summary>YAML.</summary>
    public const string Yaml = "yaml";

    /// <summary>Dockerfile and Containerfile.</summary>
    public const string Dockerfile = "dockerfile";

    /// <summary>Any other text.</summary>
    public const string Text = "text";
}
