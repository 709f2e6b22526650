using System.Text.Json;

namespace Flotilla.Running.Real;

/// <summary>Says where the instances of the fleet are, for apps of one host that speak to other apps: <c>{"shop":[{"instance":…,"url":…,"healthy":…}]}</c>.</summary>
internal sealed class EndpointsFile
{
    private readonly Lock _writing = new();
    private byte[] _written = [];
    private long _lastTurn;
    private long _writtenTurn;

    /// <param name="path">Where it lies; an older one is replaced.</param>
    public EndpointsFile(string path)
    {
        Path = path;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        Write(() => []);
    }

    public string Path { get; }

    /// <summary>How apps learn of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment => [new("FLOTILLA_ENDPOINTS", Path)];

    /// <summary>
    /// Writes what is so now. It is called from several threads after each change: one that asked earlier and comes later leaves the file alone,
    /// or it would bring an old state back.
    /// </summary>
    public void Write(Func<IReadOnlyList<Endpoint>> endpoints)
    {
        var turn = Interlocked.Increment(ref _lastTurn);
        var content = Render(endpoints());
        lock (_writing)
        {
            if (turn < _writtenTurn) return;
            _writtenTurn = turn;
            if (content.AsSpan().SequenceEqual(_written)) return;
            File.WriteAllBytes(Path + ".new", content);
            File.Move(Path + ".new", Path, overwrite: true);
            _written = content;
        }
    }

    private static byte[] Render(IReadOnlyList<Endpoint> endpoints)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var app in endpoints.GroupBy(endpoint => endpoint.Instance.App))
            {
                json.WriteStartArray(app.Key);
                foreach (var endpoint in app)
                {
                    json.WriteStartObject();
                    json.WriteString("instance", endpoint.Instance.ToString());
                    json.WriteString("host", endpoint.Host);
                    json.WriteString("port", endpoint.Port);
                    json.WriteString("url", endpoint.Url.ToString());
                    json.WriteBoolean("healthy", endpoint.IsUp);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
