namespace Flotilla.Images.Graph.Real;

/// <summary>Reads branches: loose files first, then <c>packed-refs</c> (gitrepository-layout(5)). They are written by git.</summary>
internal sealed class Refs(string graph)
{
    public ObjectId? Read(string name)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(graph, name)).Trim();
            if (ObjectId.TryParse(text, out var id)) return id;
        }
        catch (IOException)
        {
            // It is packed, or not there.
        }
        return Packed().Where(each => each.Name == name).Select(each => (ObjectId?)each.Id).FirstOrDefault();
    }

    /// <summary>All below <c>refs/heads/image/</c>, sorted by name.</summary>
    public IEnumerable<(ImageName Name, ObjectId Id)> Images()
    {
        var all = new SortedDictionary<string, ObjectId>(StringComparer.Ordinal);
        foreach (var (name, id) in Packed()) all[name] = id;
        var folder = Path.Combine(graph, "refs", "heads", "image");
        if (Directory.Exists(folder))
            foreach (var file in Directory.EnumerateFiles(folder, "@", SearchOption.AllDirectories))
                if (ObjectId.TryParse(File.ReadAllText(file).Trim(), out var id)) all[Path.GetRelativePath(graph, file)] = id;
        foreach (var (reference, id) in all)
            if (ImageName.OfRef(reference) is { } name) yield return (name, id);
    }

    /// <summary>All references below a folder such as <c>refs/tags/image/shop</c>, by name.</summary>
    public IReadOnlyList<(string Name, ObjectId Id)> Below(string folder)
    {
        var all = new SortedDictionary<string, ObjectId>(StringComparer.Ordinal);
        foreach (var (name, id) in Packed())
            if (name.StartsWith(folder + "/", StringComparison.Ordinal)) all[name] = id;
        if (Directory.Exists(Path.Combine(graph, folder)))
            foreach (var file in Directory.EnumerateFiles(Path.Combine(graph, folder), "*", SearchOption.AllDirectories))
                if (!file.EndsWith(".lock", StringComparison.Ordinal) && ObjectId.TryParse(File.ReadAllText(file).Trim(), out var id)) all[Path.GetRelativePath(graph, file)] = id;
        return [.. all.Select(each => (each.Key, each.Value))];
    }

    private IEnumerable<(string Name, ObjectId Id)> Packed()
    {
        var path = Path.Combine(graph, "packed-refs");
        if (!File.Exists(path)) yield break;
        foreach (var line in File.ReadAllLines(path))
            if (line.Length > 2 * ObjectId.Size + 1 && ObjectId.TryParse(line.AsSpan(0, 2 * ObjectId.Size), out var id)) yield return (line[(2 * ObjectId.Size + 1)..], id);
    }
}
