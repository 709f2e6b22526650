using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Testing;

/// <summary>
/// A headless Chromium with one page, spoken to by the Chrome DevTools Protocol
/// (https://chromedevtools.github.io/devtools-protocol/). What a page does that it should not is kept: see <see cref="Complaints"/> and <see cref="Requests"/>.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly TemporaryFolder _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TaskCompletionSource<JsonElement>> _waiting = [];
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];
    private TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private Task _draining = Task.CompletedTask;
    private string? _session;
    private int _last;

    private Browser(Process process, TemporaryFolder profile) => (_process, _profile) = (process, profile);

    /// <summary>Errors and warnings in the page's console, uncaught exceptions and what its policy forbade.</summary>
    public IReadOnlyList<string> Complaints { get { lock (_lock) return [.. _complaints]; } }

    /// <summary>Every address that the page asked for, its own included.</summary>
    public IReadOnlyList<string> Requests { get { lock (_lock) return [.. _requests]; } }

    /// <summary>Starts a browser with a page of this size in pixels.</summary>
    public static async Task<Browser> StartAsync(string program, int width = 1280, int height = 900)
    {
        var profile = new TemporaryFolder();
        // A container has no user namespaces for the sandbox, and root must not use it.
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
            "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", $"--window-size={width},{height}", "about:blank",
        ];
        var browser = new Browser(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!, profile);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task OpenAsync(Uri address)
    {
        _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await CallAsync("Page.navigate", new { url = address.AbsoluteUri });
        await _loaded.Task.WaitAsync(AnswerMax);
    }

    /// <summary>The value of a JavaScript expression in the page; a promise is awaited.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        if (answer.TryGetProperty("exceptionDetails", out var exception))
            throw new InvalidOperationException($"{expression}\nfailed: {exception.GetProperty("exception").GetProperty("description")}");
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true, looking at each frame that the page draws.</summary>
    public Task UntilAsync(string condition) =>
        EvaluateAsync($"new Promise(done => {{ const look = () => ({condition}) ? done(true) : requestAnimationFrame(look); look(); }})");

    /// <summary>Presses and lets go of a key, such as <c>ArrowRight</c> or <c>a</c>.</summary>
    public async Task PressAsync(string key)
    {
        // Only what types a text becomes a keypress; Enter does too, or a button would not see it.
        var text = key.Length == 1 ? key : key == "Enter" ? "\r" : "";
        await CallAsync("Input.dispatchKeyEvent", new { type = text.Length > 0 ? "keyDown" : "rawKeyDown", key, text, windowsVirtualKeyCode = key == "Enter" ? 13 : 0 });
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", key });
    }

    /// <summary>Moves the mouse, or presses or lets go of its left button: <c>mouseMoved</c>, <c>mousePressed</c>, <c>mouseReleased</c>.</summary>
    public Task MouseAsync(string type, double x, double y, int clicks = 1) =>
        CallAsync("Input.dispatchMouseEvent", new { type, x, y, button = "left", buttons = type == "mouseReleased" ? 0 : 1, clickCount = clicks });

    /// <summary>Sends a command of the protocol to the page.</summary>
    public async Task<JsonElement> CallAsync(string method, object? parameters = null)
    {
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        int id;
        lock (_lock)
        {
            id = ++_last;
            _waiting[id] = answer;
        }
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = JsonSerializer.SerializeToNode(parameters ?? new { }) };
        if (_session is not null) message["sessionId"] = _session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.WaitAsync(AnswerMax);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await Task.WhenAll(_reading, _draining);
        _socket.Dispose();
        _sending.Dispose();
        _process.Dispose();
        _profile.Dispose();
    }

    private async Task ConnectAsync()
    {
        using var limit = new CancellationTokenSource(AnswerMax);
        const string Listening = "DevTools listening on ";
        string? address = null;
        while (address is null)
        {
            var line = await _process.StandardError.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The browser ended before it listened.");
            if (line.StartsWith(Listening, StringComparison.Ordinal)) address = line[Listening.Length..];
        }
        // What it says further is of no use, but must be read, or it would stop at a full pipe.
        _draining = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(address), limit.Token);
        _reading = ReadAsync();

        var target = await CallAsync("Target.createTarget", new { url = "about:blank" });
        var attached = await CallAsync("Target.attachToTarget", new { targetId = target.GetProperty("targetId").GetString(), flatten = true });
        _session = attached.GetProperty("sessionId").GetString();
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"]) await CallAsync(domain + ".enable");
    }

    private async Task ReadAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) break;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                using var json = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
                Take(json.RootElement.Clone());
                message.SetLength(0);
            }
        }
        catch (WebSocketException)
        {
            // The browser is gone; who waits is told below.
        }
        lock (_lock)
            foreach (var answer in _waiting.Values) answer.TrySetException(new InvalidOperationException("The browser ended."));
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("id", out var id))
        {
            TaskCompletionSource<JsonElement> answer;
            lock (_lock)
            {
                answer = _waiting[id.GetInt32()];
                _waiting.Remove(id.GetInt32());
            }
            if (message.TryGetProperty("error", out var error)) answer.SetException(new InvalidOperationException(error.ToString()));
            else answer.SetResult(message.GetProperty("result"));
            return;
        }
        var about = message.GetProperty("params");
        switch (message.GetProperty("method").GetString())
        {
            case "Page.loadEventFired": _loaded.TrySetResult(); break;
            case "Runtime.exceptionThrown": Complain(about.GetProperty("exceptionDetails").ToString()); break;
            case "Log.entryAdded": Complain(about.GetProperty("entry").GetProperty("text").ToString()); break;
            case "Runtime.consoleAPICalled": Complain(string.Create(CultureInfo.InvariantCulture, $"{about.GetProperty("type")}: {about.GetProperty("args")}")); break;
            case "Network.requestWillBeSent": lock (_lock) _requests.Add(about.GetProperty("request").GetProperty("url").GetString()!); break;
        }
    }

    private void Complain(string text) { lock (_lock) _complaints.Add(text); }
}
