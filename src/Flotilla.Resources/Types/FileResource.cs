using System.Text;
using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>A regular file.</summary>
/// <param name="Path">Its absolute path in plain form, as <c>/etc/shop.json</c>. It is the resource's name.</param>
/// <remarks>
/// A property that is null is not managed. A link in its place is replaced when there is content, and never followed. A directory in its
/// place is never removed.
/// </remarks>
public sealed record FileResource(string Path) : Resource(TypeName, Path)
{
    /// <summary><c>file</c>.</summary>
    public const string TypeName = "file";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The absolute path.</summary>
    public string Path => Name;

    /// <summary>All of its text, written as UTF-8. Null leaves what is there; a file that is not there is created empty.</summary>
    public string? Content { get; init; }

    /// <summary>Permission bits as 3 or 4 octal digits, as <c>0640</c>. Null leaves them; a new file gets 0644.</summary>
    public string? Mode { get; init; }

    /// <summary>A user's name or number. Null leaves it; a new file gets the running user.</summary>
    public string? Owner { get; init; }

    /// <summary>A group's name or number. Null leaves it; a new file gets the running user's.</summary>
    public string? Group { get; init; }

    /// <summary>The content is never shown: not in plans, nor in reports or errors.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>The content that is replaced or removed is kept beside it as <c>NAME.flotilla-backup</c>.</summary>
    public bool KeepBackup { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ResourceId> AutomaticRequires => PathRules.Ancestors(Path).Select(path => new ResourceId(DirectoryResource.TypeName, path));

    /// <inheritdoc/>
    public override string? Occupies => "path " + Path;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Validate()
    {
        foreach (var problem in PathRules.Check(this)) yield return problem;
        foreach (var problem in Permissions.Check(this, Mode, Owner, Group)) yield return problem;
        if (Path == "/") yield return new Problem($"{Id.Title} is the root directory.", Declared, Fix: "Declare Directory(\"/\") to manage its mode and owner.");
        if (IsAbsent && Content is not null)
            yield return new Problem($"{Id.Title} has content and is declared absent.", Declared, Fix: "Take away one of the two.");
        if (Content is not null && !IsUnicode(Content))
            yield return new Problem($"{Id.Title} has content with half of a surrogate pair, which UTF-8 cannot say.", Declared, Fix: "Repair the text.");
    }

    private static bool IsUnicode(string content)
    {
        try
        {
            Strict.GetByteCount(content);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
