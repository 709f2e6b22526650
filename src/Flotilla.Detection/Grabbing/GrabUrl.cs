using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>Which server a URL speaks to.</summary>
internal enum GrabKind { Graphite, Prometheus, Unknown }

/// <summary>Checks and completes the URL of a query.</summary>
internal static class GrabUrl
{
    private static readonly string[] Needed = ["query", "start", "end", "step"];

    // They ask Graphite for something else than plain JSON.
    private static readonly string[] Replaced = ["format", "rawData", "jsonp"];

    /// <summary>An absolute URL of http or https.</summary>
    /// <exception cref="ProblemException">It is none; the fix shows how it would be.</exception>
    public static Uri Parse(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0) return url;
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..].TrimStart('/');
        var near = text.StartsWith('/') || !Uri.TryCreate("http://" + rest, UriKind.Absolute, out var completed) || completed.Host.Length == 0
            ? "http://HOST/render?target=…"
            : "http://" + rest;
        throw new ProblemException(new Problem($"\"{text}\" is not the URL of a web server.", Why: "It starts with neither http:// nor https://.",
            Fix: $"Write {near}"));
    }

    public static GrabKind KindOf(Uri url)
    {
        var path = url.AbsolutePath.TrimEnd('/');
        return path.EndsWith("/render", StringComparison.Ordinal) ? GrabKind.Graphite
            : path.EndsWith("/api/v1/query_range", StringComparison.Ordinal) ? GrabKind.Prometheus
            : GrabKind.Unknown;
    }

    /// <summary>The URL that asks for what can be read here.</summary>
    public static Uri Complete(Uri url)
    {
        switch (KindOf(url))
        {
            case GrabKind.Graphite:
                var kept = Parameters(url).Where(parameter => !Replaced.Contains(NameOf(parameter), StringComparer.Ordinal));
                return new UriBuilder(url) { Query = string.Join('&', kept.Append("format=json")), Fragment = "" }.Uri;
            case GrabKind.Prometheus:
                var given = Parameters(url).Where(parameter => parameter.IndexOf('=') is var at and >= 0 && at < parameter.Length - 1).Select(NameOf).ToArray();
                var missing = Needed.Except(given, StringComparer.Ordinal).ToArray();
                if (missing.Length == 0) return url;
                throw new ProblemException(new Problem($"The URL of a Prometheus range query needs {string.Join(", ", missing)}.", Why: $"It is {url}.",
                    Fix: $"Add {string.Join('&', missing.Select(Example))}"));
            default:
                return url;
        }
    }

    private static string Example(string name) => name switch
    {
        "query" => "query=up",
        "start" => "start=2015-09-16T00:00:00Z",
        "end" => "end=2015-09-17T00:00:00Z",
        _ => "step=60",
    };

    private static IEnumerable<string> Parameters(Uri url) => url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static string NameOf(string parameter) => Uri.UnescapeDataString(parameter.Split('=')[0]);
}
