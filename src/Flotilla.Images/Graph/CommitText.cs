using System.Globalization;
using System.Text;

namespace Flotilla.Images.Graph;

/// <summary>A commit of a lineage (gitformat-commit(5)), with the trailers that say what it is.</summary>
internal sealed record CommitText(ObjectId Tree, IReadOnlyList<ObjectId> Parents, string Author, DateTimeOffset Time, string Message)
{
    /// <summary>Lines <c>Key: value</c> of the last paragraph, in order.</summary>
    public IEnumerable<(string Key, string Value)> Trailers
    {
        get
        {
            var paragraph = Message.TrimEnd('\n').Split("\n\n")[^1];
            foreach (var line in paragraph.Split('\n'))
            {
                var colon = line.IndexOf(": ", StringComparison.Ordinal);
                if (colon > 0) yield return (line[..colon], line[(colon + 2)..]);
            }
        }
    }

    public string? Trailer(string key) => Trailers.Where(each => each.Key == key).Select(each => each.Value).FirstOrDefault();

    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"tree {Tree}\n");
        foreach (var parent in Parents) text.Append(culture, $"parent {parent}\n");
        var when = $"{Time.ToUnixTimeSeconds().ToString(culture)} +0000";
        text.Append(culture, $"author {Author} {when}\ncommitter {Author} {when}\n\n{Message}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static CommitText Parse(ReadOnlySpan<byte> bytes, ObjectId id)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0) throw Bad();
        ObjectId tree = default;
        var parents = new List<ObjectId>();
        var author = "";
        long seconds = 0;
        foreach (var line in text[..end].Split('\n'))
        {
            if (line.StartsWith("tree ", StringComparison.Ordinal) && !ObjectId.TryParse(line.AsSpan(5), out tree)) throw Bad();
            if (line.StartsWith("parent ", StringComparison.Ordinal))
                parents.Add(ObjectId.TryParse(line.AsSpan(7), out var parent) ? parent : throw Bad());
            if (!line.StartsWith("author ", StringComparison.Ordinal)) continue;
            var parts = line["author ".Length..].Split(' ');
            if (parts.Length < 3 || !long.TryParse(parts[^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds)) throw Bad();
            author = string.Join(' ', parts[..^2]);
        }
        return new CommitText(tree, parents, author, DateTimeOffset.FromUnixTimeSeconds(seconds), text[(end + 2)..]);

        ImageException Bad() => ImageException.Of(ImageFault.DamagedGraph, $"The commit {id} is malformed.", fix: "Run \"git fsck\" in the graph.");
    }
}
