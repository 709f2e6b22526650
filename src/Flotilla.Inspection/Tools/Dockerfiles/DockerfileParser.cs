using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flotilla.Core;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>
/// Reads the format of "Dockerfile reference" (docs.docker.com/reference/dockerfile): parser directives, continuation lines with comments between them,
/// heredocs, flags, and the JSON form. What a build would refuse is told and passed over.
/// </summary>
internal static partial class DockerfileParser
{
    public static readonly string[] Keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    public static Dockerfile Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        if (lines is [.., ""]) lines = lines[..^1];
        var (instructions, comments, mistakes) = (new List<DockerInstruction>(), new List<DockerComment>(), new List<DockerMistake>());
        var escape = EscapeOf(lines);
        var waiting = new List<(int Line, string Text)>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (IsComment(lines[at])) waiting.Add((at + 1, lines[at].Trim()));
            if (IsComment(lines[at]) || string.IsNullOrWhiteSpace(lines[at])) continue;
            var first = at;
            var logical = Join(lines, ref at, escape, waiting);
            comments.AddRange(waiting.Select(comment => new DockerComment(comment.Line, comment.Text, first + 1)));
            waiting.Clear();
            if (Instruction(logical.Trim(), first + 1, mistakes) is not { } instruction) continue;
            var heredocs = Heredocs(instruction, lines, ref at, mistakes);
            instructions.Add(instruction with { Heredocs = heredocs, EndLine = at + 1 });
        }
        comments.AddRange(waiting.Select(comment => new DockerComment(comment.Line, comment.Text, null)));
        if (instructions.Count == 0 && mistakes.Count == 0) mistakes.Add(new DockerMistake(1, "The file has no instruction."));
        return new Dockerfile(instructions, comments, mistakes);
    }

    // Directives stand before all else, even comments.
    private static char EscapeOf(string[] lines)
    {
        foreach (var line in lines)
        {
            if (Directive().Match(line) is not { Success: true } directive) break;
            if (directive.Groups["name"].Value.Equals("escape", StringComparison.OrdinalIgnoreCase) && directive.Groups["value"].Value.Trim() is "`") return '`';
        }
        return '\\';
    }

    private static bool IsComment(string line) => line.AsSpan().TrimStart().StartsWith("#");

    // Comments and empty lines inside of a continued instruction are passed over.
    private static string Join(string[] lines, ref int at, char escape, List<(int Line, string Text)> comments)
    {
        var joined = new StringBuilder();
        while (true)
        {
            var line = lines[at].TrimEnd();
            var continues = line.EndsWith(escape);
            joined.Append(continues ? line[..^1] : lines[at]);
            if (!continues) return joined.ToString();
            do
            {
                if (++at >= lines.Length)
                {
                    at = lines.Length - 1;
                    return joined.ToString();
                }
                if (IsComment(lines[at])) comments.Add((at + 1, lines[at].Trim()));
            } while (IsComment(lines[at]) || string.IsNullOrWhiteSpace(lines[at]));
            joined.Append(' ');
        }
    }

    private static DockerInstruction? Instruction(string logical, int line, List<DockerMistake> mistakes)
    {
        var end = logical.AsSpan().IndexOfAny(' ', '\t');
        var written = end < 0 ? logical : logical[..end];
        var keyword = written.ToUpperInvariant();
        var rest = end < 0 ? "" : logical[end..].Trim();
        if (!Keywords.Contains(keyword, StringComparer.Ordinal))
        {
            var near = Suggestion.For(keyword, Keywords);
            mistakes.Add(new DockerMistake(line, $"\"{Shorten(written)}\" is no instruction." + (near is null ? "" : $" Did you mean {near}?")));
            return null;
        }
        var flags = new List<(string, string)>();
        while (keyword is not ("CMD" or "ENTRYPOINT" or "ENV" or "LABEL") && FlagAtStart().Match(rest) is { Success: true } flag)
        {
            flags.Add((flag.Groups["name"].Value, flag.Groups["value"].Value.Trim('"', '\'')));
            rest = rest[flag.Length..].TrimStart();
        }
        if (rest.Length == 0)
        {
            mistakes.Add(new DockerMistake(line, $"{keyword} says nothing: something must stand after it."));
            return null;
        }
        return new DockerInstruction(keyword, line, line, rest)
        {
            Flags = flags,
            Json = Json(rest),
            Triggered = keyword == "ONBUILD" ? Instruction(rest, line, mistakes) : null,
        };
    }

    private static string[]? Json(string text)
    {
        if (!text.StartsWith('[')) return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? [.. json.RootElement.EnumerateArray().Select(item => item.GetString()!)] : null;
        }
        catch (JsonException)
        {
            // What is no JSON is taken for a shell's text, as a build does.
            return null;
        }
    }

    private static List<string> Heredocs(DockerInstruction instruction, string[] lines, ref int at, List<DockerMistake> mistakes)
    {
        var bodies = new List<string>();
        if ((instruction.Triggered ?? instruction) is not { Keyword: "RUN" or "COPY" or "ADD", Json: null } taking) return bodies;
        foreach (Match start in HeredocStart().Matches(taking.Text))
        {
            var (name, tabs) = (start.Groups["name"].Value, start.Groups["tabs"].Length > 0);
            var body = new StringBuilder();
            var ended = false;
            while (!ended && ++at < lines.Length)
            {
                var line = tabs ? lines[at].TrimStart('\t') : lines[at];
                ended = line == name;
                if (!ended) body.Append(line).Append('\n');
            }
            if (!ended)
            {
                at = lines.Length - 1;
                mistakes.Add(new DockerMistake(instruction.Line, $"The text that begins with \"{start.Value}\" has no end: there is no line \"{name}\"."));
            }
            bodies.Add(body.ToString());
        }
        return bodies;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..39] + "…";

    [GeneratedRegex(@"^\s*#\s*(?<name>syntax|escape|check)\s*=\s*(?<value>.*)$", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Directive();

    [GeneratedRegex("""^--(?<name>[a-z][a-z-]*)(=(?<value>("[^"]*"|'[^']*'|\S)*))?(?=\s|$)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FlagAtStart();

    [GeneratedRegex("""(?<!<)<<(?<tabs>-?)(?<quote>["']?)(?<name>[A-Za-z_][A-Za-z0-9_]*)\k<quote>""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex HeredocStart();
}
