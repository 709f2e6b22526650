using System.CommandLine;
using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images.Configuration;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image config [TARGET]</c>: what the image.yaml files say together.</summary>
internal static class ConfigCommand
{
    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string?>("TARGET") { Description = "With the settings of this target", Arity = ArgumentArity.ZeroOrOne };
        var folder = ImageFolder.Folder;
        var graph = ImageCommands.Graph;
        var command = new Command("config", "Show what the image.yaml of a folder and those above say together, and which says what") { target, folder, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            var configuration = ImageFolder.Load(parsed.GetValue(folder));
            var name = parsed.GetValue(target);
            var values = Values(configuration, name is null ? configuration.Settings : configuration.Target(name)).ToList();
            var where = ImageFolder.GraphOf(configuration, parsed.GetValue(graph));
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new ConfigOutput(configuration.Folder, configuration.Files, Path.GetFullPath(where), name, configuration.Targets, values), ImageJson.Default.ConfigOutput);
            else
            {
                terminal.Table(["key", "value", "said in"], values.Select(value => (IReadOnlyList<string>)[value.Key, value.Value ?? "(taken away)", $"{Path.GetRelativePath(configuration.Folder, value.File)}({value.Line},{value.Column})"]));
                terminal.Line($"graph {where}", Tone.Faint);
                terminal.Line(configuration.Targets.Count == 0 ? "no targets" : $"targets {string.Join(", ", configuration.Targets)}", Tone.Faint);
            }
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static IEnumerable<ConfigValueOutput> Values(ImageConfiguration configuration, ImageSettings settings)
    {
        var all = new List<(string Key, string? Value, SourceLocation Where)>();
        One("image.name", configuration.Name, text => text);
        One("image.upstream", configuration.Upstream, text => text);
        One("image.source", configuration.Source, text => text);
        One("command", settings.Command, words => string.Join(' ', words.Select(word => word.Contains(' ') ? $"\"{word}\"" : word)));
        One("folder", settings.Folder, text => text);
        One("user", settings.User, text => text);
        One("hostname", settings.Hostname, text => text);
        One("network", settings.Network, network => network.ToString().ToLowerInvariant());
        One("privileged", settings.Privileged, Truth);
        One("attach", settings.Attach, Truth);
        One("purge", settings.Purge, Truth);
        foreach (var mount in settings.Mounts) One("mounts", mount, each => $"{each.From} {each.To} {(each.Writable ? "rw" : "ro")}");
        foreach (var port in settings.Ports) One("ports", port, each => string.Create(CultureInfo.InvariantCulture, $"{each.Host}:{each.Container}"));
        foreach (var server in settings.Dns) One("dns", server, text => text);
        foreach (var (name, value) in settings.Environment) One($"environment.{name}", value, text => text);
        foreach (var limit in settings.Limits) One($"limits.{limit.Value.Name}", limit, each => $"{Limit(each.Soft)}:{Limit(each.Hard)}");
        return all.Select(each => new ConfigValueOutput(each.Key, each.Value, each.Where.File, each.Where.Line, each.Where.Column));

        void One<T>(string key, Said<T>? said, Func<T, string?> text)
        {
            if (said is not null) all.Add((key, text(said.Value), said.Where));
        }

        static string Truth(bool value) => value ? "true" : "false";
        static string Limit(ulong? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
    }
}
