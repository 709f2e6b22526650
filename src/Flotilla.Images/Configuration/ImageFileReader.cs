using Flotilla.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flotilla.Images.Configuration;

/// <summary>Reads one <c>image.yaml</c>.</summary>
internal static class ImageFileReader
{
    private static readonly string[] FileSchemes = ["tar:", "file:", "docker-archive:", "oci:", "oci-archive:", "dir:"];

    private static readonly string[] Sections = ["image", "settings", "targets"];
    private static readonly string[] ImageKeys = ["name", "upstream", "source"];

    /// <param name="path">The file.</param>
    /// <param name="imageFolder">The folder of the image, which may be below the file's.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static ImageFile Read(string path, string imageFolder, List<Problem> problems)
    {
        var shown = Path.GetRelativePath(imageFolder, path);
        var reading = new YamlReading(path, shown, problems);
        Said<string>? name = null, upstream = null, source = null;
        var settings = new SettingsLayer();
        var targets = new List<KeyValuePair<string, Said<SettingsLayer>>>();
        if (Parse(path, shown, problems) is not { } root) return Result();
        var settingsReader = new SettingsReader(reading, Path.GetDirectoryName(path)!, imageFolder);
        foreach (var (section, keyNode, node) in reading.Entries(root, "the file", Sections))
            switch (section)
            {
                case "image":
                    foreach (var (key, _, value) in reading.Entries(node, "\"image\"", ImageKeys))
                        _ = key switch
                        {
                            "name" => name = reading.Text(value, key, "example.com/shop/1.0"),
                            "upstream" => upstream = reading.Text(value, key, "example.com/base/12"),
                            _ => source = Localised(reading.Text(value, key, "tar:base.tar")),
                        };
                    if (source is not null && upstream is null)
                        reading.Wrong(keyNode, "\"image\" has a source and no upstream.", "Say beside it what the imported image shall be called: \"upstream: example.com/base/12\".");
                    break;
                case "settings":
                    settings = settingsReader.Read(node, "\"settings\"", isTarget: false);
                    break;
                default:
                    foreach (var (target, targetKey, value) in reading.Entries(node, "\"targets\"", null))
                        targets.Add(KeyValuePair.Create(target, reading.Say(settingsReader.Read(value, $"target \"{target}\"", isTarget: true), targetKey)));
                    break;
            }
        return Result();

        ImageFile Result() => new(path, name, upstream, source, settings, targets);

        // A place on the disk is meant from the file that says it; other places are the same from everywhere.
        Said<string>? Localised(Said<string>? said)
        {
            if (said is null || Array.Find(FileSchemes, each => said.Value.StartsWith(each, StringComparison.Ordinal)) is not { } scheme) return said;
            return said with { Value = scheme + Path.GetFullPath(said.Value[scheme.Length..], Path.GetDirectoryName(path)!) };
        }
    }

    private static YamlNode? Parse(string path, string shown, List<Problem> problems)
    {
        try
        {
            using var text = new StreamReader(path);
            var stream = new YamlStream();
            stream.Load(text);
            if (stream.Documents.Count == 0) return null;
            if (stream.Documents.Count == 1) return stream.Documents[0].RootNode;
            problems.Add(new Problem("The file has more than one document.", new SourceLocation(path, (int)stream.Documents[1].RootNode.Start.Line) { Shown = shown }, Fix: "Remove the line of three dashes."));
        }
        catch (YamlException e)
        {
            problems.Add(new Problem("The file is no YAML.", new SourceLocation(path, (int)e.Start.Line) { Column = (int)e.Start.Column, Shown = shown }, Sentence(e), "Mend the place; a value with \": \" or \"#\" in it needs quotes."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem("The file cannot be read.", new SourceLocation(path, 0) { Shown = shown }, e.Message, "Check that you may read it."));
        }
        return null;
    }

    private static string Sentence(YamlException e)
    {
        var text = (e.InnerException ?? e).Message.Trim().TrimEnd('.');
        return text + ".";
    }
}
