using System.Text.Json;
using Flotilla.Commands;

namespace Flotilla.Running.Real;

/// <summary>
/// The tags of a node of Serf that was there before: as they were, and as this program sets them. They are kept on disk while it runs,
/// because a program that is killed gives nothing back, and the next one then must not take its tags for the node's own.
/// </summary>
internal sealed record NodeTags(Dictionary<string, string> Before, Dictionary<string, string> Set)
{
    /// <summary>The tags that the node has of its own.</summary>
    /// <param name="folder">Where the agent keeps its state.</param>
    /// <param name="present">The tags that it has now.</param>
    public static IReadOnlyDictionary<string, string> Own(string folder, IReadOnlyDictionary<string, string> present) =>
        Read(PathIn(folder)) is { } left && left.Set.Count == present.Count && !left.Set.Except(present).Any() ? left.Before : present;

    /// <summary>Remembers them before they are set.</summary>
    public void Keep(string folder)
    {
        var path = PathIn(folder);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, FleetJson.Default.NodeTags));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>They have been given back.</summary>
    public static void Forget(string folder) => File.Delete(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, "serf-tags.json");

    private static NodeTags? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), FleetJson.Default.NodeTags);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
