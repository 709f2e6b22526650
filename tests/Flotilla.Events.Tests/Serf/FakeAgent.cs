using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Flotilla.Events.Serf;
using Flotilla.MessagePack;

namespace Flotilla.Events.Tests.Serf;

/// <summary>
/// Speaks to one client at a time over a real socket, byte for byte what a test says: for what real agents do too seldom.
/// </summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private static readonly string[] WithoutBody = ["members", "list-keys", "stats", "leave"];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<Request, Task> _serve;
    private readonly Task _serving;

    /// <param name="serve">Called for each request, one after the other.</param>
    public FakeAgent(Func<Request, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public SerfAddress Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>All bytes that came.</summary>
    public ArrayBufferWriter<byte> Received { get; } = new();

    /// <summary>An agent that greets, takes every token, and leaves all other requests to the test.</summary>
    public static FakeAgent Greeting(Func<Request, Task> serve) => new(request =>
        request.Command is "handshake" or "auth" ? request.ReplyAsync("") : serve(request));

    public Task<SerfClient> ConnectAsync(SerfOptions? options = null) => SerfClient.ConnectAsync(
        new TcpSerfTransport(), (options ?? new SerfOptions()) with { Address = Address }, TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                client.NoDelay = true;
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException) { }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            var buffer = new FrameBuffer();
            (string Command, ulong Seq)? header = null;
            while (await stream.ReadAsync(buffer.Room(), _stopping.Token) is var count and > 0)
            {
                Received.Write(buffer.Room().Span[..count]);
                buffer.Filled(count);
                while (buffer.TryTake(out var value))
                {
                    if (header is null) header = Header(value);
                    else if (WithoutBody.Contains(header.Value.Command)) throw new InvalidOperationException("A body came where none belongs.");
                    else
                    {
                        await _serve(new Request(header.Value.Command, header.Value.Seq, value.ToArray(), stream));
                        header = null;
                        continue;
                    }
                    if (!WithoutBody.Contains(header.Value.Command)) continue;
                    await _serve(new Request(header.Value.Command, header.Value.Seq, [], stream));
                    header = null;
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException) { }
    }

    private static (string, ulong) Header(ReadOnlyMemory<byte> value)
    {
        var reader = new MessagePackReader(value);
        reader.ReadMapHeader().ShouldBe(2);
        reader.ReadString().ShouldBe("Command");
        var command = reader.ReadString();
        reader.ReadString().ShouldBe("Seq");
        return (command, reader.ReadUInt64());
    }

    /// <summary>A request, and the way back.</summary>
    internal sealed record Request(string Command, ulong Seq, byte[] Body, NetworkStream Stream)
    {
        /// <summary>A header as agents write it, and what follows it.</summary>
        public Task ReplyAsync(string error, params byte[] body) => WriteAsync([.. Header(error, Seq), .. body]);

        public async Task WriteAsync(params byte[] bytes) => await Stream.WriteAsync(bytes);

        public static byte[] Header(string error, ulong seq) => Bytes(writer =>
        {
            writer.WriteMapHeader(2);
            writer.Write("Error");
            writer.Write(error);
            writer.Write("Seq");
            writer.Write(seq);
        });

        public static byte[] Bytes(Action<MessagePackWriter> write)
        {
            var output = new ArrayBufferWriter<byte>();
            write(new MessagePackWriter(output));
            return output.WrittenSpan.ToArray();
        }

        /// <summary>A record of a user event, in the order of an agent's fields.</summary>
        public static byte[] User(string name, ulong lamportTime, bool coalesce = false) => Bytes(writer =>
        {
            writer.WriteMapHeader(5);
            writer.Write("Coalesce");
            writer.Write(coalesce);
            writer.Write("Event");
            writer.Write("user");
            writer.Write("LTime");
            writer.Write(lamportTime);
            writer.Write("Name");
            writer.Write(name);
            writer.Write("Payload");
            writer.WriteNil();
        });

        /// <summary>A record of a query's answers.</summary>
        public static byte[] Reply(string type, string from, byte[]? payload = null) => Bytes(writer =>
        {
            writer.WriteMapHeader(3);
            writer.Write("From");
            writer.Write(from);
            writer.Write("Payload");
            if (payload is null) writer.WriteNil();
            else writer.WriteBinary(payload);
            writer.Write("Type");
            writer.Write(type);
        });

        public byte[] Record(byte[] record) => [.. Header("", Seq), .. record];
    }
}
