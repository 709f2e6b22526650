using Flotilla.Core;
using Flotilla.Inspection.Frameworks;

namespace Flotilla.Inspection.Profiles;

/// <summary>
/// Makes a profile of a mapping. What it cannot use is a finding of the profile validator, with Prospector's codes, and
/// left out; a value of the wrong shape that has one clear meaning (one word for a list of one) is used besides.
/// </summary>
internal sealed class ProfileReader(string name, string? path, IReadOnlyList<string> tools, ProfileFindings findings)
{
    /// <param name="root">The mapping; null when the file is empty.</param>
    /// <param name="others">Keys that somebody else reads.</param>
    public ProfileFile Read(ProfileNode? root, IReadOnlyList<string>? others = null)
    {
        var file = new ProfileFile(name, path);
        if (root is null)
        {
            findings.Add(path, "profile-is-empty", "The profile says nothing. Remove the file, or write what shall differ, such as \"strictness: high\".", new ProfileNode(1, 1));
            return file;
        }
        if (root.Entries is null)
            throw new ProblemException(new Problem($"The profile is {root.Kind}, but must be a mapping.", At(root), Fix: "Begin it with a line such as \"strictness: medium\"."));
        foreach (var entry in root.Entries)
            if (others?.Contains(entry.Key) != true) file = With(file, entry);
        return file;
    }

    private ProfileFile With(ProfileFile file, ProfileEntry entry)
    {
        var (key, keyNode, value) = entry;
        var layer = file.Layer;
        if (value.IsNothing && ProfileKeys.General.Contains(key) && value.Tag.Length == 0) return file;
        switch (key)
        {
            case "inherits":
                return file with { Inherits = [.. file.Inherits, .. Inherited(value)] };
            case "allow-shorthand":
                return file with { AllowShorthand = Truth(value, key) ?? true };
            case "strictness":
                return file with { Layer = layer with { Strictness = OneOf(value, key, ProfileKeys.Strictnesses) } };
            case "doc-warnings":
                return file with { Layer = layer with { DocWarnings = Truth(value, key) } };
            case "test-warnings":
                return file with { Layer = layer with { TestWarnings = Truth(value, key) } };
            case "member-warnings":
                return file with { Layer = layer with { MemberWarnings = Truth(value, key) } };
            case "autodetect":
                return file with { Layer = layer with { Autodetect = Truth(value, key) } };
            case "max-line-length":
                return file with { Layer = layer with { MaxLineLength = Number(value, key) } };
            case "output-format":
                return file with { Layer = layer with { OutputFormat = Word(value, key) } };
            case "output-target":
                return file with { Layer = layer with { OutputTargets = List(value, key).Over(layer.OutputTargets) } };
            case "ignore-paths":
                return file with { Layer = layer with { IgnorePaths = List(value, key).Over(layer.IgnorePaths) } };
            case "ignore":
                findings.Add(path, "deprecated", "\"ignore\" is deprecated. Write \"ignore-patterns\".", keyNode, Severity.Note);
                return file with { Layer = layer with { IgnorePatterns = Patterns(value, key).Over(layer.IgnorePatterns) } };
            case "ignore-patterns":
                return file with { Layer = layer with { IgnorePatterns = Patterns(value, key).Over(layer.IgnorePatterns) } };
            case "uses":
                return file with { Layer = layer with { Uses = Uses(value).Over(layer.Uses) } };
            case "requirements":
                List(value, key);
                return file;
            case "python-targets":
                foreach (var target in value.Items ?? [value])
                    if (target.Text is not ("2" or "3")) findings.Add(path, "invalid-value", $"\"{target.Text}\" is no Python target. There are: 2, 3.", target);
                return file;
            case "pep8" when Shorthand(value, keyNode) is { } shorthand:
                file = file with { Layer = layer with { Pep8 = shorthand.Length == 0 ? layer.Pep8 : shorthand } };
                return value.Entries?.All(part => part.Key is "full" or "none") != false ? file : Tool(file, entry);
            case ProfileKeys.Frosted:
                findings.Add(path, "deprecated", "frosted is no longer maintained, and its section has no effect. Remove it; pyflakes finds the same.", keyNode, Severity.Note);
                return file;
            default:
                return Tool(file, entry);
        }
    }

    private ProfileFile Tool(ProfileFile file, ProfileEntry entry)
    {
        var tool = entry.Key;
        if (ProfileKeys.Renamed.TryGetValue(tool, out var current))
        {
            findings.Add(path, "deprecated", $"The tool \"{tool}\" is called \"{current}\" now. Rename the section.", entry.KeyNode, Severity.Note);
            tool = current;
        }
        else if (!tools.Contains(tool))
        {
            var near = Suggestion.For(tool, ProfileKeys.General.Concat(tools));
            findings.Add(path, "unknown-setting", $"\"{tool}\" is no setting and no tool. " + (near is null ? "It has no effect; remove it." : $"Did you mean \"{near}\"?"), entry.KeyNode);
            return file;
        }
        if (entry.Value.IsNothing) return file;
        if (entry.Value.Entries is null)
        {
            findings.Add(path, "invalid-value", $"\"{tool}\" is {entry.Value.Kind}, but must be a mapping. Write \"{tool}: {{ run: {(entry.Value.Scalar is false ? "false" : "true")} }}\".", entry.Value);
            return file;
        }
        var said = new ToolLayer();
        foreach (var part in entry.Value.Entries) said = Part(said, tool, part);
        var all = new SortedDictionary<string, ToolLayer>(StringComparer.Ordinal);
        foreach (var (other, layer) in file.Layer.Tools) all[other] = layer;
        all[tool] = all.TryGetValue(tool, out var before) ? said.Over(before, tool) : said;
        return file with { Layer = file.Layer with { Tools = all } };
    }

    private ToolLayer Part(ToolLayer said, string tool, ProfileEntry part)
    {
        var (key, keyNode, value) = part;
        if (value.IsNothing && value.Tag.Length == 0 && ProfileKeys.OfTool.Contains(key)) return said;
        switch (key)
        {
            case "run":
                return said with { Run = Truth(value, $"{tool}: run") };
            case "enable":
                return said with { Enable = Codes(tool, value, key) };
            case "disable":
                return said with { Disable = Codes(tool, value, key) };
            case "load-plugins":
                return said with { LoadPlugins = List(value, key).Items };
            case "options" when value.Entries is not null:
                return said with { Options = (SortedDictionary<string, object?>)value.ToValue()! };
            case "options":
                findings.Add(path, "invalid-value", $"The options of {tool} are {value.Kind}, but must be a mapping. Write \"options: {{ NAME: value }}\".", value);
                return said;
            case "full" or "none" when tool == "pycodestyle":
                return said;
            default:
                findings.Add(path, "unknown-setting", $"\"{tool}\" has no \"{key}\". {Suggestion.Sentence(key, ProfileKeys.OfTool)} Options of the tool itself belong under \"options\".", keyNode);
                return said;
        }
    }

    /// <summary>
    /// What <c>pep8</c> says as a shorthand: <c>full</c>, <c>none</c>, or empty when it is wrong; null when it is nothing but a
    /// section of the tool once called so. In Prospector the documented <c>pep8: {full: true}</c> has no effect, because the
    /// section is moved to pycodestyle first.
    /// </summary>
    private string? Shorthand(ProfileNode value, ProfileNode keyNode)
    {
        if (value.Entries is null) return OneOf(value, "pep8", ["full", "none"]) ?? "";
        var full = value["full"] is { } f && Truth(f, "pep8: full") == true;
        var none = value["none"] is { } n && Truth(n, "pep8: none") == true;
        if (full && none) findings.Add(path, "invalid-value", "\"pep8\" is both full and none. Remove one of them; full holds.", keyNode);
        return full ? "full" : none ? "none" : value.Entries.All(entry => entry.Key is "full" or "none") && value.Entries.Count > 0 ? "" : null;
    }

    private IEnumerable<InheritedName> Inherited(ProfileNode value) =>
        Nodes(value, "inherits").Select(item => new InheritedName(item.Text.TrimEnd('?'), item.Text.EndsWith('?'), path is null ? null : At(item)));

    private ListSetting Codes(string tool, ProfileNode value, string key)
    {
        var codes = new List<string>();
        foreach (var item in Nodes(value, key))
        {
            var current = ToolCodes.Current(tool, item.Text);
            if (current != item.Text) findings.Add(path, "deprecated-tool-code", $"{tool} calls {item.Text} \"{current}\" now. Write that.", item, Severity.Note);
            codes.Add(current);
        }
        return new ListSetting(ToolCodes.Joined(tool, codes), Replaces(value, key));
    }

    private ListSetting Patterns(ProfileNode value, string key)
    {
        var patterns = new List<string>();
        foreach (var item in Nodes(value, key))
            if (PathRules.Flaw(item.Text) is { } flaw) findings.Add(path, "invalid-regexp", $"\"{item.Text}\" is no regular expression: {flaw} It is left out; put a backslash before a sign that is meant as itself.", item);
            else patterns.Add(item.Text);
        return new ListSetting(patterns, Replaces(value, key));
    }

    private ListSetting Uses(ProfileNode value)
    {
        var uses = new List<string>();
        foreach (var item in Nodes(value, "uses"))
            if (FrameworkNames.All.Contains(item.Text)) uses.Add(item.Text);
            else findings.Add(path, "invalid-value", $"\"{item.Text}\" is no framework that tools adapt to. {Suggestion.Sentence(item.Text, FrameworkNames.All)}", item);
        return new ListSetting(uses, Replaces(value, "uses"));
    }

    private ListSetting List(ProfileNode value, string key) => new([.. Nodes(value, key).Select(item => item.Text).Distinct(StringComparer.Ordinal)], Replaces(value, key));

    private List<ProfileNode> Nodes(ProfileNode value, string key)
    {
        if (value.Items is null)
        {
            if (value.IsNothing) return [];
            findings.Add(path, "should-be-list", $"\"{key}\" is {value.Kind}, but must be a list. Write \"{key}: [{(value.Entries is null ? value.Text : "…")}]\".", value);
            return value.Entries is null ? [value] : [];
        }
        var nodes = new List<ProfileNode>();
        foreach (var item in value.Items)
            if (item.Items is null && item.Entries is null && !item.IsNothing && item.Text.Length > 0) nodes.Add(item);
            else findings.Add(path, "invalid-value", $"An element of \"{key}\" is {item.Kind}, but must be a word. Remove it, or put it in quotes.", item);
        return nodes;
    }

    private bool Replaces(ProfileNode value, string key)
    {
        if (value.Tag is "" or "!append" || value.Tag.StartsWith("tag:yaml.org,", StringComparison.Ordinal)) return false;
        if (value.Tag == "!replace") return true;
        findings.Add(path, "invalid-value", $"\"{key}\" is marked {value.Tag}, which means nothing here. Write !replace to drop what is inherited, or nothing to add to it.", value);
        return false;
    }

    private bool? Truth(ProfileNode value, string key)
    {
        if (value.Scalar is bool truth) return truth;
        findings.Add(path, "should-be-bool", $"\"{key}\" is {value.Kind}, but must be true or false.", value);
        return null;
    }

    private int? Number(ProfileNode value, string key)
    {
        if (value.Scalar is long and > 0 and <= int.MaxValue) return (int)(long)value.Scalar;
        findings.Add(path, "should-be-int", $"\"{key}\" is {value.Kind}, but must be a whole number above 0.", value);
        return null;
    }

    private string? Word(ProfileNode value, string key)
    {
        if (value.Items is null && value.Entries is null && value.Text.Length > 0) return value.Text;
        findings.Add(path, "invalid-value", $"\"{key}\" is {value.Kind}, but must be a word.", value);
        return null;
    }

    private string? OneOf(ProfileNode value, string key, IReadOnlyList<string> known)
    {
        if (value.Items is null && value.Entries is null && known.Contains(value.Text)) return value.Text;
        findings.Add(path, "invalid-value", $"\"{key}\" is {value.Kind}, which it cannot be. {Suggestion.Sentence(value.Text, known)}", value);
        return null;
    }

    private SourceLocation At(ProfileNode node) => new(path ?? name, node.Line) { Column = node.Column, Shown = path is null ? null : findings.Shown(path) };
}
