using System.Threading.Channels;
using Flotilla.Events.Serf;
using Flotilla.MessagePack;
using static Flotilla.Events.Tests.Serf.FakeAgent;

namespace Flotilla.Events.Tests.Serf;

/// <summary>An agent of one member in memory, for one simulated thread: greets, takes events, hands them to streams.</summary>
internal sealed class SimulatedAgent : ISerfTransport
{
    private readonly List<Connection> _connections = [];
    private ulong _lamportTime;

    public bool IsUp { get; set; } = true;

    /// <summary>Takes requests and answers none.</summary>
    public bool Hangs { get; set; }

    public int Connects { get; private set; }

    public Task<Stream> ConnectAsync(SerfAddress address, CancellationToken cancellationToken)
    {
        Connects++;
        if (!IsUp) throw new IOException("Connection refused");
        var connection = new Connection(this);
        _connections.Add(connection);
        return Task.FromResult<Stream>(connection);
    }

    public void Crash()
    {
        IsUp = false;
        foreach (var connection in _connections.ToArray()) connection.Dispose();
    }

    private void Serve(Connection from, string command, ulong seq, string name)
    {
        byte[] body = command switch
        {
            "members" => Request.Bytes(writer =>
            {
                writer.WriteMapHeader(1);
                writer.Write("Members");
                writer.WriteNil();
            }),
            "get-coordinate" => Request.Bytes(writer =>
            {
                writer.WriteMapHeader(1);
                writer.Write("Ok");
                writer.Write(false);
            }),
            _ => [],
        };
        if (Hangs) return;
        from.Send([.. Request.Header("", seq), .. body]);
        if (command == "stream") from.Streams.Add(seq);
        if (command != "event") return;
        _lamportTime++;
        foreach (var connection in _connections)
            foreach (var stream in connection.Streams) connection.Send([.. Request.Header("", stream), .. Request.User(name, _lamportTime)]);
    }

    private sealed class Connection(SimulatedAgent agent) : Stream
    {
        private readonly Channel<byte[]> _toClient = Channel.CreateUnbounded<byte[]>();
        private readonly FrameBuffer _fromClient = new();
        private (string Command, ulong Seq)? _header;

        public List<ulong> Streams { get; } = [];

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Send(byte[] bytes) => _toClient.Writer.TryWrite(bytes);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!await _toClient.Reader.WaitToReadAsync(cancellationToken) || !_toClient.Reader.TryRead(out var bytes)) return 0;
            bytes.CopyTo(buffer);
            return bytes.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.CopyTo(_fromClient.Room());
            _fromClient.Filled(buffer.Length);
            while (_fromClient.TryTake(out var value))
            {
                var reader = new MessagePackReader(value);
                if (_header is null)
                {
                    reader.ReadMapHeader();
                    reader.ReadString();
                    var command = reader.ReadString();
                    reader.ReadString();
                    _header = (command, reader.ReadUInt64());
                    if (command != "members") continue;
                }
                else if (_header.Value.Command == "event")
                {
                    reader.ReadMapHeader();
                    reader.ReadString();
                    Serve(reader.ReadString());
                    continue;
                }
                Serve("");
            }
            return ValueTask.CompletedTask;
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            agent._connections.Remove(this);
            _toClient.Writer.TryComplete();
            base.Dispose(disposing);
        }

        private void Serve(string name)
        {
            var (command, seq) = _header!.Value;
            _header = null;
            agent.Serve(this, command, seq, name);
        }
    }
}
