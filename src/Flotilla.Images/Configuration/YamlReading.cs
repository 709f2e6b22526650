using System.Globalization;
using Flotilla.Core;
using YamlDotNet.RepresentationModel;

namespace Flotilla.Images.Configuration;

/// <summary>What a file says wrong, collected with its place.</summary>
internal sealed class YamlReading(string file, string shown, List<Problem> problems)
{
    private static readonly string[] Nothing = ["", "~", "null", "Null", "NULL"];

    public SourceLocation At(YamlNode node) => new(file, (int)node.Start.Line) { Column = (int)node.Start.Column, Shown = shown };

    public Said<T> Say<T>(T value, YamlNode node) => new(value, At(node));

    public void Wrong(YamlNode node, string what, string? fix = null, string? why = null) => problems.Add(new Problem(what, At(node), why, fix));

    /// <summary>The entries of a mapping with known keys; others are reported with a suggestion.</summary>
    public IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> Entries(YamlNode node, string what, IReadOnlyList<string>? known)
    {
        if (IsNothing(node)) yield break;
        if (node is not YamlMappingNode mapping)
        {
            Wrong(node, $"{Capital(what)} is {Kind(node)}, but must be a mapping.", known is null ? null : $"It has: {string.Join(", ", known)}.");
            yield break;
        }
        foreach (var (key, value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { Length: > 0 } name })
            {
                Wrong(key, $"A key of {what} is no word.", "Write a name.");
                continue;
            }
            if (known is not null && !known.Contains(name))
            {
                Wrong(key, $"{Capital(what)} has no key \"{name}\".", Suggestion.Sentence(name, known));
                continue;
            }
            yield return (name, key, value);
        }
    }

    public Said<string>? Text(YamlNode node, string key, string example)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } text } && !IsNothing(node)) return Say(text, node);
        Wrong(node, $"\"{key}\" is {Kind(node)}, but must be text.", $"Write \"{key}: {example}\".");
        return null;
    }

    public Said<bool>? Truth(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: "true" or "false" } scalar && scalar.Style == YamlDotNet.Core.ScalarStyle.Plain) return Say(scalar.Value == "true", node);
        Wrong(node, $"\"{key}\" is {Kind(node)}, but must be true or false.", $"Write \"{key}: true\".");
        return null;
    }

    public int? Number(YamlNode node, string what, int min, int max)
    {
        if (node is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Wrong(node, $"{Capital(what)} is {Kind(node)}, but must be a number from {min} to {max}.");
        return null;
    }

    /// <summary>The elements of a list and whether it replaces its parents'; null when it is no list.</summary>
    public (IReadOnlyList<YamlNode> Elements, bool Replaces)? List(YamlNode node, string key, string example)
    {
        if (node is YamlSequenceNode sequence) return Replaces(node, key) is { } replaces ? ([.. sequence.Children], replaces) : null;
        Wrong(node, $"\"{key}\" is {Kind(node)}, but must be a list.", $"Write \"{key}: [{example}]\".");
        return null;
    }

    /// <summary>True for <c>!replace</c>, false for <c>!append</c> or no mark; null, reported, for another.</summary>
    public bool? Replaces(YamlNode node, string key)
    {
        var tag = node.Tag.IsEmpty ? "" : node.Tag.Value;
        switch (tag)
        {
            case "" or "?" or "!append":
                return false;
            case "!replace":
                return true;
            default:
                Wrong(node, $"\"{key}\" is marked {tag}, which means nothing here.", "Write !replace to drop what the folders above say, or nothing to add to it.");
                return null;
        }
    }

    public static bool IsNothing(YamlNode node) => node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar && Nothing.Contains(scalar.Value ?? "");

    public static string Kind(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode list => list.Children.Count == 1 ? "a list of one" : $"a list of {list.Children.Count}",
        _ when IsNothing(node) => "empty",
        YamlScalarNode scalar => $"\"{scalar.Value}\"",
        _ => "something else",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
