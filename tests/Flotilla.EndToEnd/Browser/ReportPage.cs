using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Reports;
using Flotilla.Testing;
using BrowserPage = Flotilla.Testing.Browser;

namespace Flotilla.EndToEnd;

/// <summary>A report, written to a file and open in a browser.</summary>
public sealed class ReportPage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BrowserPage _page;

    private ReportPage(BrowserPage page) => _page = page;

    public BrowserPage Page => _page;

    public static async Task<ReportPage> OpenAsync(BenchResult result, IReadOnlyList<Series> series, ReportOptions? options = null, int width = 1280)
    {
        var report = new ReportPage(await BrowserPage.StartAsync(Peer.Find("chromium")!, width));
        var file = report._folder.File("report.html");
        await using (var output = new StreamWriter(file)) HtmlReport.Write(result, series, output, options);
        await report._page.OpenAsync(new Uri(file));
        return report;
    }

    /// <summary>Draws every series, as printing does, with the marks of a detector.</summary>
    public async Task<IReadOnlyList<DrawnSeries>> ShowAsync(string detector)
    {
        await _page.EvaluateAsync($$"""
            (() => {
              dispatchEvent(new Event("beforeprint"));
              const chooser = document.getElementById("detector");
              chooser.value = {{System.Text.Json.JsonSerializer.Serialize(detector)}};
              chooser.dispatchEvent(new Event("change"));
            })()
            """);
        return await DrawnSeries.ReadAsync(_page);
    }

    public async Task<string> TextAsync(string selector) =>
        (await _page.EvaluateAsync($"document.querySelector({System.Text.Json.JsonSerializer.Serialize(selector)}).textContent")).GetString()!;

    /// <summary>The middle of an element in the window, once it is scrolled there.</summary>
    public async Task<(double X, double Y)> PlaceAsync(string selector)
    {
        var place = await _page.EvaluateAsync($$"""
            (() => {
              const element = document.querySelector({{System.Text.Json.JsonSerializer.Serialize(selector)}});
              element.scrollIntoView({ block: "center", behavior: "instant" });
              const box = element.getBoundingClientRect();
              return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
            })()
            """);
        return (place[0].GetDouble(), place[1].GetDouble());
    }

    public async Task ClickAsync(string selector)
    {
        var (x, y) = await PlaceAsync(selector);
        await _page.MouseAsync("mousePressed", x, y);
        await _page.MouseAsync("mouseReleased", x, y);
    }

    /// <summary>The page asked for nothing but itself, and nothing went wrong in it.</summary>
    public void IsSelfContained()
    {
        _page.Complaints.ShouldBeEmpty();
        _page.Requests.ShouldHaveSingleItem().ShouldStartWith("file://");
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _folder.Dispose();
    }
}
