using System.Text.Json;
using Flotilla.Apps;

namespace Flotilla.Running.Real;

/// <summary>Says where the instances are, for apps that speak to other apps: <c>{"shop":[{"instance":…,"url":…,"healthy":…}]}</c>.</summary>
internal sealed class EndpointsFile
{
    private readonly Lock _writing = new();
    private byte[] _written = [];
    private long _lastTurn;
    private long _writtenTurn;

    public EndpointsFile(string folder)
    {
        Path = System.IO.Path.Combine(folder, "endpoints.json");
        Write(() => []);
    }

    public string Path { get; }

    /// <summary>How apps learn of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment => [new("FLOTILLA_ENDPOINTS", Path)];

    /// <summary>
    /// Writes what is so now. It is called from several threads after each change: one that asked earlier and comes later leaves the file alone,
    /// or it would bring an old state back.
    /// </summary>
    public void Write(Func<IReadOnlyList<InstanceSnapshot>> instances)
    {
        var turn = Interlocked.Increment(ref _lastTurn);
        var content = Render(instances());
        lock (_writing)
        {
            if (turn < _writtenTurn) return;
            _writtenTurn = turn;
            if (content.AsSpan().SequenceEqual(_written)) return;
            _written = content;
            File.WriteAllBytes(Path + ".new", content);
            File.Move(Path + ".new", Path, overwrite: true);
        }
    }

    private static byte[] Render(IReadOnlyList<InstanceSnapshot> instances)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var app in instances.GroupBy(instance => instance.Id.App))
            {
                json.WriteStartArray(app.Key);
                foreach (var instance in app)
                    foreach (var (port, url) in instance.Endpoints)
                    {
                        json.WriteStartObject();
                        json.WriteString("instance", instance.Id.ToString());
                        json.WriteString("host", instance.Host);
                        json.WriteString("port", port);
                        json.WriteString("url", url.ToString());
                        json.WriteBoolean("healthy", instance.Status is InstanceStatus.Healthy or InstanceStatus.Running);
                        json.WriteEndObject();
                    }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
