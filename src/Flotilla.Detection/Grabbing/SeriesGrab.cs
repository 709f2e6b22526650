using System.Text;
using Flotilla.Core;
using Flotilla.Core.Http;

namespace Flotilla.Detection;

/// <summary>Gets series from Graphite or Prometheus and stores them as files.</summary>
public static class SeriesGrab
{
    private const int QuotedLengthMax = 200;

    /// <summary>The URL in a text.</summary>
    /// <exception cref="ProblemException">It does not start with http:// or https://; the fix shows how it would.</exception>
    public static Uri ParseUrl(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return GrabUrl.Parse(text);
    }

    /// <summary>
    /// All series of a Graphite render URL (<c>…/render?target=…</c>; it is asked for JSON whatever its format was) or of a Prometheus
    /// range query (<c>…/api/v1/query_range?query=…&amp;start=…&amp;end=…&amp;step=…</c>). Of another URL the reply decides. A null, and a NaN of
    /// Prometheus, is a missing value.
    /// </summary>
    /// <param name="url">With http:// or https://.</param>
    /// <param name="http">The way to the server.</param>
    /// <param name="timeout">For the whole reply; over 0.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">
    /// The URL is wrong; the server does not answer in time, or with an error; or the reply has no series, or is none.
    /// </exception>
    public static async Task<IReadOnlyList<GrabbedSeries>> GrabAsync(Uri url, IHttp http, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        var asked = GrabUrl.Complete(GrabUrl.Parse(url.OriginalString));
        HttpReply reply;
        try
        {
            reply = await http.SendAsync(new HttpCall("GET", asked, Timeout: timeout), cancellationToken);
        }
        catch (HttpCallException e)
        {
            throw NoReply(asked, timeout, e);
        }
        Check(asked, reply);
        return Read(asked, reply.Body);
    }

    /// <summary>
    /// Writes each series to a file of its own in Crucible's JSON, <c>[[unix seconds, value or null], …]</c>, one pair a line. A file is
    /// called by the series, without slashes, wildcards, quotes, spaces and a leading dot, and is at most 200 bytes long; of several that
    /// would have one name the second gets <c>-2</c>. A file of that name is replaced, in one step.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="series">What to write.</param>
    /// <returns>The paths of the files, in the order of the series.</returns>
    /// <exception cref="ProblemException">The folder or a file cannot be written; the files before it are.</exception>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<GrabbedSeries> series)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(series);
        var names = new UniqueNames(StringComparer.OrdinalIgnoreCase);
        var paths = new List<string>();
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var each in series)
            {
                var path = Path.Combine(folder, CrucibleFile.NameFor(each.Name, names));
                CrucibleFile.Write(path, each.Points);
                paths.Add(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The series cannot be written to {folder}.", Why: e.Message, Fix: "Give a folder that you may write to."), e);
        }
        return paths;
    }

    private static ProblemException NoReply(Uri url, TimeSpan timeout, HttpCallException e)
    {
        if (e.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
        {
            return new(new Problem($"The reply of {Server(url)} is too large.", Why: "It has over 16 MB.",
                Fix: "Ask for less: fewer targets, a shorter time, or a larger step (in Graphite maxDataPoints=10000)."), e);
        }
        var seconds = FormattableString.Invariant($"{timeout.TotalSeconds:0.###}");
        return new(new Problem($"{Server(url)} gave no reply.", Why: $"{e.Message.TrimEnd('.')}.",
            Fix: $"Check that the server runs and is reached at this address, or allow it more than {seconds} s."), e);
    }

    private static void Check(Uri url, HttpReply reply)
    {
        if (reply.Status is >= 200 and <= 299) return;
        if (reply.Status is >= 300 and <= 399)
        {
            throw new ProblemException(new Problem($"{Server(url)} answered {reply.Status}: it wants to be asked at another URL.",
                Why: "Redirections are not followed.", Fix: "Open the URL in a browser and give the one it ends at; a redirection often leads to https or to a login."));
        }
        if (PrometheusError(reply.Body) is { } error)
            throw new ProblemException(new Problem($"{Server(url)} answered {reply.Status}.", Why: error, Fix: "Correct the query."));
        var line = FirstLine(reply.Body);
        throw new ProblemException(new Problem($"{Server(url)} answered {reply.Status}.", Why: line.Length > 0 ? $"It says \"{line}\"." : "It says no more.",
            Fix: "Check the URL, and the server's log."));
    }

    private static IReadOnlyList<GrabbedSeries> Read(Uri url, string body)
    {
        var start = body.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (start.StartsWith('<'))
        {
            throw new ProblemException(new Problem($"{Server(url)} answered with a web page, not with JSON.", Why: $"It starts with \"{FirstLine(body)}\".",
                Fix: "Check the path: Graphite's ends with /render, that of Prometheus with /api/v1/query_range. A login page gives this, too."));
        }
        if (!start.StartsWith('[') && !start.StartsWith('{'))
        {
            throw new ProblemException(new Problem($"{Server(url)} did not answer with JSON.",
                Why: start.IsEmpty ? "The reply is empty." : $"It starts with \"{FirstLine(body)}\".",
                Fix: "Check the path: Graphite's ends with /render, that of Prometheus with /api/v1/query_range."));
        }
        if (PrometheusError(body) is { } error)
            throw new ProblemException(new Problem($"{Server(url)} answered with an error.", Why: error, Fix: "Correct the query."));

        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(body));
        var place = new SeriesPlace($"reply of {url.Authority}");
        var series = new List<GrabbedSeries>();
        foreach (var part in SeriesRows.Parts(stream, place) ?? [])
        {
            stream.Position = 0;
            var points = SeriesRows.Read(stream, place, new SeriesOptions(), part, allowEmpty: true).ToArray();
            // Graphite answers [] when no target matches; so does Crucible's form without points.
            if (part.IsWhole && points.Length == 0) continue;
            series.Add(new GrabbedSeries(part.IsWhole ? NameOf(url) : part.Target, points));
        }
        if (series.Any(each => each.Points.Count > 0)) return series;
        throw new ProblemException(new Problem($"The reply of {Server(url)} has no series.", Why: $"{url} matches nothing, or nothing in this time.",
            Fix: "Check the target or the query and the time."));
    }

    private static string? PrometheusError(string body)
    {
        if (!body.AsSpan().TrimStart().StartsWith('{')) return null;
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("status", out var status) && status.ValueEquals("error")
                && json.RootElement.TryGetProperty("error", out var error) ? $"Prometheus says \"{Shortened(error.ToString())}\"." : null;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Without the user and the password that a URL may hold.
    private static string Server(Uri url) => $"{url.Scheme}://{url.Authority}";

    private static string NameOf(Uri url) => Uri.UnescapeDataString(url.Segments[^1]).Trim('/') is { Length: > 0 } last ? last : url.Host;

    private static string FirstLine(string body)
    {
        foreach (var line in body.AsSpan().EnumerateLines())
        {
            if (!line.Trim("\uFEFF \t").IsEmpty) return Shortened(line.Trim("\uFEFF \t").ToString());
        }
        return "";
    }

    private static string Shortened(string text)
    {
        var line = string.Concat(text.Take(QuotedLengthMax).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > QuotedLengthMax ? line + "…" : line;
    }
}
