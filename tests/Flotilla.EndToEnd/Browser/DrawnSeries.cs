using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flotilla.Testing;
using BrowserPage = Flotilla.Testing.Browser;

namespace Flotilla.EndToEnd;

/// <summary>A mark as the browser laid it out.</summary>
/// <param name="X">Of its middle, in pixels from the left of the picture.</param>
/// <param name="Y">Of its middle, in pixels from the top of the picture.</param>
public sealed record DrawnMark(string Series, string Detector, int Position, string Kind, double X, double Y);

/// <summary>A shaded label as the browser laid it out.</summary>
public sealed record DrawnEvent(int First, int Last, string State, double Left, double Right);

/// <summary>What the browser shows of one series.</summary>
public sealed partial record DrawnSeries(
    string Series, double Left, double Width, double Top, double Height, double From, double To, double Low, double High,
    IReadOnlyList<DrawnMark> Marks, IReadOnlyList<DrawnEvent> Events, string Line)
{
    // Positions come from the laid-out boxes, not from the attributes that the script wrote.
    private const string Reader = """
        [...document.querySelectorAll("article")].filter(card => card.querySelector(".plot svg")).map(card => {
          const root = card.querySelector(".plot svg");
          const origin = root.getBoundingClientRect();
          const data = root.dataset;
          const box = each => each.getBoundingClientRect();
          return {
            series: card.dataset.series,
            left: +data.left, width: +data.width, top: +data.top, height: +data.height, from: +data.from, to: +data.to, low: +data.low, high: +data.high,
            marks: [...root.querySelectorAll(".mark")].map(mark => ({
              series: mark.dataset.series, detector: mark.dataset.detector, position: +mark.dataset.position, kind: mark.classList[1],
              x: (box(mark).left + box(mark).right) / 2 - origin.left, y: (box(mark).top + box(mark).bottom) / 2 - origin.top })),
            events: [...root.querySelectorAll(".event")].map(event => ({
              first: +event.dataset.first, last: +event.dataset.last, state: event.classList[1], left: box(event).left - origin.left, right: box(event).right - origin.left })),
            line: root.querySelector(".line").getAttribute("d"),
          };
        })
        """;

    /// <summary>Reads every picture that is drawn.</summary>
    public static async Task<IReadOnlyList<DrawnSeries>> ReadAsync(BrowserPage page) =>
        (await page.EvaluateAsync(Reader)).Deserialize<DrawnSeries[]>(JsonSerializerOptions.Web)!;

    /// <summary>Where a time stands, from the edges of the axis.</summary>
    public double X(DateTimeOffset at) => Left + (at.ToUnixTimeMilliseconds() - From) / (To - From) * Width;

    /// <summary>Where a value stands, from the edges of the axis.</summary>
    public double Y(double value) => Top + Height - (Math.Clamp(value, Low, High) - Low) / (High - Low) * Height;

    /// <summary>The unbroken parts of the line.</summary>
    public IReadOnlyList<IReadOnlyList<(double X, double Y)>> Strokes { get; } =
        [.. Line.Split('M', StringSplitOptions.RemoveEmptyEntries).Select(stroke => (IReadOnlyList<(double, double)>)
            [.. Vertex().Matches(stroke).Select(match => (Number(match.Groups[1]), Number(match.Groups[2])))])];

    /// <summary>How far a place is from the line.</summary>
    public double DistanceFromLine(double x, double y) => Strokes.Min(stroke => stroke.Count == 1
        ? Distance((x, y), stroke[0], stroke[0])
        : stroke.Zip(stroke.Skip(1)).Min(segment => Distance((x, y), segment.First, segment.Second)));

    private static double Distance((double X, double Y) point, (double X, double Y) a, (double X, double Y) b)
    {
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var length = dx * dx + dy * dy;
        var share = length == 0 ? 0 : Math.Clamp(((point.X - a.X) * dx + (point.Y - a.Y) * dy) / length, 0, 1);
        return Math.Sqrt(Math.Pow(point.X - a.X - share * dx, 2) + Math.Pow(point.Y - a.Y - share * dy, 2));
    }

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(-?[\d.]+) (-?[\d.]+)")]
    private static partial Regex Vertex();
}
