namespace Flotilla.Images.Configuration;

/// <summary>A list as one file says it: behind its parents' entries, or in their place.</summary>
internal sealed record ListChange<T>(IReadOnlyList<T> Entries, bool Replaces);

/// <summary>What one file's <c>settings</c>, or one target of it, says.</summary>
internal sealed record SettingsLayer
{
    public ImageSettings Scalars { get; init; } = ImageSettings.Empty;
    public ListChange<Said<Mount>>? Mounts { get; init; }
    public ListChange<Said<PortMapping>>? Ports { get; init; }
    public ListChange<Said<string>>? Dns { get; init; }
    public ListChange<KeyValuePair<string, Said<string?>>>? Environment { get; init; }
    public ListChange<Said<ResourceLimit>>? Limits { get; init; }

    /// <summary>These words over those of the parents.</summary>
    public ImageSettings Over(ImageSettings parent) => new()
    {
        Command = Scalars.Command ?? parent.Command,
        Folder = Scalars.Folder ?? parent.Folder,
        User = Scalars.User ?? parent.User,
        Hostname = Scalars.Hostname ?? parent.Hostname,
        Network = Scalars.Network ?? parent.Network,
        Privileged = Scalars.Privileged ?? parent.Privileged,
        Attach = Scalars.Attach ?? parent.Attach,
        Purge = Scalars.Purge ?? parent.Purge,
        Mounts = Merge(parent.Mounts, Mounts, mount => mount.Value.To),
        Ports = Merge(parent.Ports, Ports, port => port.Value.Host),
        Dns = Merge(parent.Dns, Dns, server => server.Value),
        Environment = Merge(parent.Environment, Environment, variable => variable.Key),
        Limits = Merge(parent.Limits, Limits, limit => limit.Value.Name),
    };

    // An entry about the same thing as a parent's stands in the parent's place, so that the order stays the parents'.
    private static IReadOnlyList<T> Merge<T, TKey>(IReadOnlyList<T> parent, ListChange<T>? change, Func<T, TKey> key) where TKey : notnull
    {
        if (change is null) return parent;
        var merged = change.Replaces ? [] : parent.ToList();
        foreach (var entry in change.Entries)
        {
            var at = merged.FindIndex(each => key(each).Equals(key(entry)));
            if (at < 0) merged.Add(entry);
            else merged[at] = entry;
        }
        return merged;
    }
}

/// <summary>What one <c>image.yaml</c> says.</summary>
internal sealed record ImageFile(
    string Path, Said<string>? Name, Said<string>? Upstream, Said<string>? Source, SettingsLayer Settings, IReadOnlyList<KeyValuePair<string, Said<SettingsLayer>>> Targets);
