using System.Globalization;
using System.Text;
using Flotilla.Core;

namespace Flotilla.Images.Runtime;

/// <summary>Who runs a container's program.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Groups">Further groups.</param>
/// <param name="Home">The home folder, as the image's <c>/etc/passwd</c> has it.</param>
public sealed record ContainerUser(uint User, uint Group, IReadOnlyList<uint> Groups, string Home)
{
    /// <summary>Root, where nothing is known of the image.</summary>
    public static ContainerUser Root { get; } = new(0, 0, [], "/root");

    /// <summary>Looks up <c>user</c>, <c>uid</c>, <c>user:group</c>, … in the image's <c>/etc/passwd</c> and <c>/etc/group</c> (OCI image-spec, config.md).</summary>
    /// <param name="image">The image.</param>
    /// <param name="text">Empty for root.</param>
    /// <param name="where">Who says it, for messages.</param>
    internal static ContainerUser Find(GraphImage image, string text, SourceLocation? where)
    {
        var parts = text.Split(':', 2);
        var wanted = parts[0].Length == 0 ? "0" : parts[0];
        var users = Lines(image, "etc/passwd", 7);
        var entry = users.FirstOrDefault(line => line[0] == wanted) ?? (Number(wanted) is { } id ? users.FirstOrDefault(line => Number(line[2]) == id) : null);
        var user = Number(entry?[2]) ?? Number(wanted) ?? throw Unknown("user", wanted, users);
        var groups = Lines(image, "etc/group", 4);
        uint group;
        if (parts.Length == 2)
            group = Number(groups.FirstOrDefault(line => line[0] == parts[1])?[2]) ?? Number(parts[1]) ?? throw Unknown("group", parts[1], groups);
        else
            group = Number(entry?[3]) ?? 0;
        // With a group given, it is the only one.
        var more = parts.Length == 2 || entry is null ? []
            : groups.Where(line => line[3].Split(',').Contains(entry[0])).Select(line => Number(line[2])).OfType<uint>().Where(each => each != group).Distinct().Order().ToList();
        return new ContainerUser(user, group, more, entry?[5] is { Length: > 0 } home ? home : user == 0 ? "/root" : "/");

        ProblemException Unknown(string kind, string name, List<string[]> known) => new(new Problem(
            $"{image.Name} has no {kind} \"{name}\".", where, Fix: known.Count == 0 ? "Write its number." : Suggestion.Sentence(name, [.. known.Select(line => line[0])])));
    }

    private static List<string[]> Lines(GraphImage image, string path, int fields)
    {
        using var file = image.OpenFile(path, out var size);
        const long sizeMax = 1 << 20;
        if (file is null || size > sizeMax) return [];
        using var text = new StreamReader(file, Encoding.UTF8);
        return [.. text.ReadToEnd().Split('\n').Select(line => line.Split(':')).Where(line => line.Length >= fields && line[0].Length > 0)];
    }

    private static uint? Number(string? text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
