using System.Globalization;
using System.Net;
using YamlDotNet.RepresentationModel;

namespace Flotilla.Images.Configuration;

/// <summary>Reads <c>settings</c> and targets.</summary>
internal sealed class SettingsReader(YamlReading reading, string fileFolder, string imageFolder)
{
    private const string ImageFolder = "$image";
    private static readonly string[] TargetKeys =
        ["command", "folder", "user", "hostname", "network", "privileged", "attach", "purge", "mounts", "ports", "dns", "environment", "limits"];

    private static readonly string[] MountParts = ["from", "to", "mode"];

    public SettingsLayer Read(YamlNode node, string what, bool isTarget)
    {
        var layer = new SettingsLayer();
        foreach (var (key, keyNode, value) in reading.Entries(node, what, TargetKeys))
            layer = key switch
            {
                "command" when isTarget => layer with { Scalars = layer.Scalars with { Command = Command(value) } },
                "command" => NoCommand(layer, keyNode),
                "folder" => layer with { Scalars = layer.Scalars with { Folder = Absolute(value, key) } },
                "user" => layer with { Scalars = layer.Scalars with { User = reading.Text(value, key, "nobody") } },
                "hostname" => layer with { Scalars = layer.Scalars with { Hostname = reading.Text(value, key, "shop") } },
                "network" => layer with { Scalars = layer.Scalars with { Network = Network(value) } },
                "privileged" => layer with { Scalars = layer.Scalars with { Privileged = reading.Truth(value, key) } },
                "attach" => layer with { Scalars = layer.Scalars with { Attach = reading.Truth(value, key) } },
                "purge" => layer with { Scalars = layer.Scalars with { Purge = reading.Truth(value, key) } },
                "mounts" => layer with { Mounts = List(value, key, "[., /work, ro]", Mount) },
                "ports" => layer with { Ports = List(value, key, "8080:80", Port) },
                "dns" => layer with { Dns = List(value, key, "10.0.0.1", Server) },
                "environment" => layer with { Environment = Map<KeyValuePair<string, Said<string?>>>(value, key, Variable) },
                _ => layer with { Limits = Map<Said<ResourceLimit>>(value, key, Limit) },
            };
        return layer;
    }

    private SettingsLayer NoCommand(SettingsLayer layer, YamlNode node)
    {
        reading.Wrong(node, "\"settings\" cannot have a command.", "Put it into a target: \"targets: { run: { command: [...] } }\".", "it would hold for every target, the build included.");
        return layer;
    }

    private Said<IReadOnlyList<string>>? Command(YamlNode node)
    {
        if (reading.List(node, "command", "/bin/sh, -c, \"…\"") is not var (elements, _)) return null;
        if (elements.Count == 0) reading.Wrong(node, "\"command\" is empty.", "Name a program, or leave the key out to run the image's own.");
        var words = new List<string>();
        foreach (var element in elements)
            if (element is YamlScalarNode { Value: { } word }) words.Add(word);
            else reading.Wrong(element, $"A word of \"command\" is {YamlReading.Kind(element)}, but must be text.");
        return reading.Say<IReadOnlyList<string>>(words, node);
    }

    private Said<string>? Absolute(YamlNode node, string key)
    {
        if (reading.Text(node, key, "/work") is not { } said) return null;
        if (said.Value.StartsWith('/')) return said;
        reading.Wrong(node, $"\"{key}\" is \"{said.Value}\", but must be an absolute path in the container.", $"Write \"{key}: /{said.Value.TrimStart('.', '/')}\".");
        return null;
    }

    private Said<ContainerNetwork>? Network(YamlNode node)
    {
        if (node is YamlScalarNode { Value: "host" }) return reading.Say(ContainerNetwork.Host, node);
        if (node is YamlScalarNode { Value: "none" }) return reading.Say(ContainerNetwork.None, node);
        reading.Wrong(node, $"\"network\" is {YamlReading.Kind(node)}, but must be host or none.", "Write \"network: host\" for the host's network, \"network: none\" for no network.");
        return null;
    }

    private ListChange<T>? List<T>(YamlNode node, string key, string example, Func<YamlNode, T?> read) where T : class =>
        reading.List(node, key, example) is var (elements, replaces) ? new ListChange<T>([.. elements.Select(read).OfType<T>()], replaces) : null;

    private ListChange<T>? Map<T>(YamlNode node, string key, Action<string, YamlNode, YamlNode, List<T>> read)
    {
        if (node is YamlSequenceNode)
        {
            reading.Wrong(node, $"\"{key}\" is {YamlReading.Kind(node)}, but must be a mapping.", $"Write \"{key}: {{ NAME: value }}\".");
            return null;
        }
        if (reading.Replaces(node, key) is not { } replaces) return null;
        var entries = new List<T>();
        foreach (var (name, nameNode, value) in reading.Entries(node, $"\"{key}\"", null))
            read(name, nameNode, value, entries);
        return new ListChange<T>(entries, replaces);
    }

    private Said<Mount>? Mount(YamlNode node)
    {
        YamlNode? from = null, to = null, mode = null;
        if (node is YamlMappingNode)
            foreach (var (key, _, value) in reading.Entries(node, "a mount", MountParts))
                _ = key switch { "from" => from = value, "to" => to = value, _ => mode = value };
        else if (node is YamlSequenceNode { Children.Count: 3 } list) (from, to, mode) = (list.Children[0], list.Children[1], list.Children[2]);
        else
        {
            reading.Wrong(node, $"A mount is {YamlReading.Kind(node)}, but has three parts: the host's path, the container's, and ro or rw.", "Write [., /work, ro].");
            return null;
        }
        if (from is null || to is null)
        {
            reading.Wrong(node, $"A mount says no \"{(from is null ? "from" : "to")}\".", "Write { from: ., to: /work, mode: ro }.");
            return null;
        }
        var host = reading.Text(from, "from", ".");
        var guest = Absolute(to, "to");
        if (mode is not null && mode is not YamlScalarNode { Value: "ro" or "rw" })
        {
            reading.Wrong(mode, $"A mount's mode is {YamlReading.Kind(mode)}, but must be ro or rw.", "Write ro unless the container has to change it.");
            return null;
        }
        return host is null || guest is null ? null : reading.Say(new Mount(Host(host.Value), Tidy(guest.Value), mode is YamlScalarNode { Value: "rw" }), node);
    }

    private string Host(string path) =>
        path == ImageFolder ? imageFolder
        : path.StartsWith(ImageFolder + "/", StringComparison.Ordinal) ? Path.GetFullPath(path[(ImageFolder.Length + 1)..], imageFolder)
        : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, fileFolder));

    private static string Tidy(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private Said<PortMapping>? Port(YamlNode node)
    {
        if (node is YamlSequenceNode { Children.Count: 2 } pair)
            return Pair(reading.Number(pair.Children[0], "the host's port", 1, 65535), reading.Number(pair.Children[1], "the container's port", 1, 65535));
        if (node is YamlScalarNode { Value: { } text } && text.Split(':') is { Length: 1 or 2 } parts && Parse(parts[0]) is { } host && Parse(parts[^1]) is { } container) return Pair(host, container);
        reading.Wrong(node, $"A port is {YamlReading.Kind(node)}, but must be the host's port and the container's, each from 1 to 65535.", "Write \"8080:80\" in quotes.");
        return null;

        Said<PortMapping>? Pair(int? host, int? container) => host is null || container is null ? null : reading.Say(new PortMapping(host.Value, container.Value), node);
        static int? Parse(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535 ? number : null;
    }

    private Said<string>? Server(YamlNode node)
    {
        if (node is YamlScalarNode { Value: { } text } && IPAddress.TryParse(text, out _)) return reading.Say(text, node);
        reading.Wrong(node, $"A name server is {YamlReading.Kind(node)}, but must be an address.", "Write one like 10.0.0.1.");
        return null;
    }

    private void Variable(string name, YamlNode nameNode, YamlNode value, List<KeyValuePair<string, Said<string?>>> entries)
    {
        if (name.Contains('=') || name.Contains('\0'))
            reading.Wrong(nameNode, $"A variable cannot be called \"{name}\".", "Names of variables have no \"=\".");
        else if (value is YamlScalarNode scalar) entries.Add(KeyValuePair.Create(name, reading.Say(YamlReading.IsNothing(value) ? null : scalar.Value, value)));
        else reading.Wrong(value, $"The variable \"{name}\" is {YamlReading.Kind(value)}, but must be text.", $"Write \"{name}: value\", or \"{name}:\" to take it away.");
    }

    private void Limit(string name, YamlNode nameNode, YamlNode value, List<Said<ResourceLimit>> entries)
    {
        if (!ResourceLimit.Names.Contains(name))
        {
            reading.Wrong(nameNode, $"There is no limit \"{name}\".", Core.Suggestion.Sentence(name, ResourceLimit.Names));
            return;
        }
        if (value is YamlScalarNode { Value: { } text } && text.Split(':') is { Length: 1 or 2 } parts && TryLimit(parts[0], out var soft) && TryLimit(parts[^1], out var hard)
            && (hard is null || (soft is not null && soft <= hard)))
            entries.Add(reading.Say(new ResourceLimit(name, soft, hard), value));
        else reading.Wrong(value, $"The limit \"{name}\" is {YamlReading.Kind(value)}, but must be a number, \"unlimited\", or SOFT:HARD with SOFT no larger.", $"Write \"{name}: 1024:4096\".");

        static bool TryLimit(string text, out ulong? limit)
        {
            limit = null;
            if (text == "unlimited") return true;
            var valid = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            limit = number;
            return valid;
        }
    }
}
