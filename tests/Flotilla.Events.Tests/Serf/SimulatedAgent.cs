using System.Buffers;
using System.Threading.Channels;
using Flotilla.Events.Serf;
using Flotilla.MessagePack;
using static Flotilla.Events.Tests.Serf.FakeAgent;

namespace Flotilla.Events.Tests.Serf;

/// <summary>An agent of one member in memory, for one simulated thread: greets, takes events and queries, hands them to streams.</summary>
internal sealed class SimulatedAgent : ISerfTransport
{
    private readonly List<Connection> _connections = [];
    private readonly Dictionary<ulong, (Connection Asker, ulong Seq)> _queries = [];
    private readonly SortedDictionary<string, string> _tags = new(StringComparer.Ordinal);
    private ulong _lamportTime;

    /// <summary>The member that it is; one without a name lists nobody.</summary>
    public string? Name { get; set; }

    /// <summary>Larger answers are refused.</summary>
    public int AnswerBytesMax { get; set; } = int.MaxValue;

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

    private void Serve(Connection from, string command, ulong seq, ReadOnlyMemory<byte> request)
    {
        byte[] body = command switch
        {
            "members" => Request.Bytes(WriteMembers),
            "stats" => Request.Bytes(writer =>
            {
                writer.WriteMapHeader(1);
                writer.Write("agent");
                writer.WriteMapHeader(1);
                writer.Write("name");
                writer.Write(Name!);
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
        var reader = new MessagePackReader(request);
        if (command == "respond")
        {
            Respond(from, seq, ref reader);
            return;
        }
        from.Send([.. Request.Header("", seq), .. body]);
        switch (command)
        {
            case "stream": from.Streams.Add(seq); break;
            case "event":
                reader.ReadMapHeader();
                reader.ReadString();
                Publish(Request.User(reader.ReadString(), ++_lamportTime));
                break;
            case "tags": Tag(ref reader); break;
            case "query": Ask(from, seq, ref reader); break;
        }
    }

    private void WriteMembers(MessagePackWriter writer)
    {
        writer.WriteMapHeader(1);
        writer.Write("Members");
        if (Name is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(1);
        writer.WriteMapHeader(3);
        writer.Write("Name");
        writer.Write(Name);
        writer.Write("Status");
        writer.Write("alive");
        writer.Write("Tags");
        writer.WriteMapHeader(_tags.Count);
        foreach (var (key, value) in _tags)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    private void Tag(ref MessagePackReader reader)
    {
        reader.ReadMapHeader();
        reader.ReadString();
        for (var count = reader.ReadMapHeader(); count > 0; count--) _tags[reader.ReadString()] = reader.ReadString();
    }

    private void Ask(Connection asker, ulong seq, ref MessagePackReader reader)
    {
        var (name, payload) = ("", Array.Empty<byte>());
        for (var fields = reader.ReadMapHeader(); fields > 0; fields--)
        {
            switch (reader.ReadString())
            {
                case "Name": name = reader.ReadString(); break;
                case "Payload": payload = reader.ReadBinary().ToArray(); break;
                default: reader.Skip(); break;
            }
        }
        var id = ++_lamportTime;
        _queries.Add(id, (asker, seq));
        Publish(Request.Bytes(writer =>
        {
            writer.WriteMapHeader(5);
            writer.Write("Event");
            writer.Write("query");
            writer.Write("ID");
            writer.Write(id);
            writer.Write("LTime");
            writer.Write(id);
            writer.Write("Name");
            writer.Write(name);
            writer.Write("Payload");
            writer.WriteBinary(payload);
        }));
    }

    private void Respond(Connection from, ulong seq, ref MessagePackReader reader)
    {
        reader.ReadMapHeader();
        reader.ReadString();
        var (asker, query) = _queries[reader.ReadUInt64()];
        reader.ReadString();
        var answer = reader.ReadBinary().ToArray();
        if (answer.Length > AnswerBytesMax)
        {
            from.Send(Request.Header($"response exceeds limit of {AnswerBytesMax} bytes", seq));
            return;
        }
        from.Send(Request.Header("", seq));
        asker.Send([.. Request.Header("", query), .. Request.Reply("response", Name!, answer)]);
    }

    private void Publish(byte[] record)
    {
        foreach (var connection in _connections)
            foreach (var stream in connection.Streams) connection.Send([.. Request.Header("", stream), .. record]);
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
                    if (command is not ("members" or "stats")) continue;
                    Serve(default);
                    continue;
                }
                Serve(value);
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

        private void Serve(ReadOnlyMemory<byte> request)
        {
            var (command, seq) = _header!.Value;
            _header = null;
            agent.Serve(this, command, seq, request);
        }
    }
}
