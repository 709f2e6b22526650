using System.Buffers;
using System.Net;
using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <summary>Reads what agents send: each field may be absent or nil, in any order, and unknown ones are passed over.</summary>
internal static class SerfBodies
{
    public static (string Error, ulong Seq) Header(ReadOnlyMemory<byte> value)
    {
        var reader = new MessagePackReader(value);
        var error = "";
        ulong? seq = null;
        for (var fields = reader.ReadMapHeader(); fields > 0; fields--)
        {
            switch (reader.ReadString(orBinary: true))
            {
                case "Error": error = Text(ref reader); break;
                case "Seq": seq = reader.ReadUInt64(); break;
                default: reader.Skip(); break;
            }
        }
        return (error, seq ?? throw new MessagePackException("A header has no Seq."));
    }

    public static IReadOnlyList<SerfMember> Members(ref MessagePackReader reader)
    {
        IReadOnlyList<SerfMember> members = [];
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            if (reader.ReadString(orBinary: true) == "Members") members = MemberList(ref reader);
            else reader.Skip();
        }
        return members;
    }

    public static int Joined(ref MessagePackReader reader)
    {
        var joined = 0;
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            if (reader.ReadString(orBinary: true) == "Num") joined = reader.ReadInt32();
            else reader.Skip();
        }
        return joined;
    }

    public static SerfKeyReport Keys(ref MessagePackReader reader)
    {
        var report = new SerfKeyReport(null, new Dictionary<string, string>(), new Dictionary<string, int>(), 0, 0, 0);
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            report = reader.ReadString(orBinary: true) switch
            {
                "Messages" => report with { Messages = Texts(ref reader) },
                "Keys" => report with { Keys = Counts(ref reader) },
                "NumNodes" => report with { Nodes = reader.ReadInt32() },
                "NumResp" => report with { Responses = reader.ReadInt32() },
                "NumErr" => report with { Errors = reader.ReadInt32() },
                _ => Skip(ref reader, report),
            };
        }
        return report;
    }

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Stats(ref MessagePackReader reader)
    {
        var stats = new SortedDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        for (var fields = Fields(ref reader); fields > 0; fields--) stats[reader.ReadString(orBinary: true)] = Texts(ref reader);
        return stats;
    }

    public static SerfCoordinate? Coordinate(ref MessagePackReader reader)
    {
        SerfCoordinate? coordinate = null;
        var isKnown = false;
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            switch (reader.ReadString(orBinary: true))
            {
                case "Coord": coordinate = Place(ref reader); break;
                case "Ok": isKnown = reader.ReadBoolean(); break;
                default: reader.Skip(); break;
            }
        }
        return isKnown ? coordinate : null;
    }

    public static SerfRecord? Log(ref MessagePackReader reader)
    {
        var line = "";
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            if (reader.ReadString(orBinary: true) == "Log") line = Text(ref reader);
            else reader.Skip();
        }
        return new SerfLogRecord(line);
    }

    /// <summary>A record of an event stream; null when it is of a kind that this client does not know.</summary>
    public static SerfRecord? Event(ref MessagePackReader reader)
    {
        string kind = "", name = "";
        ulong id = 0, lamportTime = 0;
        var coalesce = false;
        ReadOnlyMemory<byte> payload = default;
        IReadOnlyList<SerfMember> members = [];
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            switch (reader.ReadString(orBinary: true))
            {
                case "Event": kind = Text(ref reader); break;
                case "Name": name = Text(ref reader); break;
                case "ID": id = reader.ReadUInt64(); break;
                case "LTime": lamportTime = reader.ReadUInt64(); break;
                case "Coalesce": coalesce = reader.ReadBoolean(); break;
                case "Payload": payload = Bytes(ref reader); break;
                case "Members": members = MemberList(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        return kind switch
        {
            "user" => new SerfUserRecord(name, payload, lamportTime, coalesce),
            "query" => new SerfQueryRecord(id, name, payload, lamportTime),
            _ when kind.StartsWith("member-", StringComparison.Ordinal) => new SerfMemberRecord(kind, members),
            _ => null,
        };
    }

    /// <summary>
    /// A record of a query. Null for the acks and answers of nobody, hundreds of which an agent may send at the timeout
    /// (hashicorp/serf#408).
    /// </summary>
    public static SerfRecord? Reply(ref MessagePackReader reader, out bool isLast)
    {
        string kind = "", from = "";
        ReadOnlyMemory<byte> payload = default;
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            switch (reader.ReadString(orBinary: true))
            {
                case "Type": kind = Text(ref reader); break;
                case "From": from = Text(ref reader); break;
                case "Payload": payload = Bytes(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        isLast = kind == "done";
        return (kind, from) switch
        {
            (_, "") => null,
            ("ack", _) => new SerfAckRecord(from),
            ("response", _) => new SerfResponseRecord(from, payload),
            _ => null,
        };
    }

    private static List<SerfMember> MemberList(ref MessagePackReader reader)
    {
        var members = new List<SerfMember>();
        if (reader.ReadIfNil()) return members;
        for (var count = reader.ReadArrayHeader(); count > 0; count--) members.Add(Member(ref reader));
        return members;
    }

    private static SerfMember Member(ref MessagePackReader reader)
    {
        string name = "", status = "";
        IPAddress? address = null;
        IReadOnlyDictionary<string, string>? tags = null;
        int port = 0, protocolMin = 0, protocolMax = 0, protocolNow = 0, delegateMin = 0, delegateMax = 0, delegateNow = 0;
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            switch (reader.ReadString(orBinary: true))
            {
                case "Name": name = Text(ref reader); break;
                case "Addr": address = Address(Bytes(ref reader)); break;
                case "Port": port = reader.ReadInt32(); break;
                case "Tags": tags = Texts(ref reader); break;
                case "Status": status = Text(ref reader); break;
                case "ProtocolMin": protocolMin = reader.ReadInt32(); break;
                case "ProtocolMax": protocolMax = reader.ReadInt32(); break;
                case "ProtocolCur": protocolNow = reader.ReadInt32(); break;
                case "DelegateMin": delegateMin = reader.ReadInt32(); break;
                case "DelegateMax": delegateMax = reader.ReadInt32(); break;
                case "DelegateCur": delegateNow = reader.ReadInt32(); break;
                default: reader.Skip(); break;
            }
        }
        return new SerfMember(
            name, address, port, tags ?? new Dictionary<string, string>(), status,
            new SerfVersions(protocolMin, protocolMax, protocolNow), new SerfVersions(delegateMin, delegateMax, delegateNow));
    }

    private static IPAddress? Address(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length is not (4 or 16)) return null;
        var address = new IPAddress(bytes.Span);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static SerfCoordinate Place(ref MessagePackReader reader)
    {
        var vector = new List<double>();
        double error = 0, height = 0, adjustment = 0;
        for (var fields = Fields(ref reader); fields > 0; fields--)
        {
            switch (reader.ReadString(orBinary: true))
            {
                case "Vec":
                    if (reader.ReadIfNil()) break;
                    for (var count = reader.ReadArrayHeader(); count > 0; count--) vector.Add(reader.ReadDouble());
                    break;
                case "Error": error = reader.ReadDouble(); break;
                case "Height": height = reader.ReadDouble(); break;
                case "Adjustment": adjustment = reader.ReadDouble(); break;
                default: reader.Skip(); break;
            }
        }
        return new SerfCoordinate(vector, error, height, adjustment);
    }

    private static SortedDictionary<string, string> Texts(ref MessagePackReader reader)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var pairs = Fields(ref reader); pairs > 0; pairs--) texts[Text(ref reader)] = Text(ref reader);
        return texts;
    }

    private static SortedDictionary<string, int> Counts(ref MessagePackReader reader)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var pairs = Fields(ref reader); pairs > 0; pairs--) counts[Text(ref reader)] = reader.ReadInt32();
        return counts;
    }

    private static int Fields(ref MessagePackReader reader) => reader.ReadIfNil() ? 0 : reader.ReadMapHeader();

    private static string Text(ref MessagePackReader reader) => reader.ReadIfNil() ? "" : reader.ReadString(orBinary: true);

    private static byte[] Bytes(ref MessagePackReader reader) => reader.ReadIfNil() ? [] : reader.ReadBinary(orString: true).ToArray();

    private static T Skip<T>(ref MessagePackReader reader, T unchanged)
    {
        reader.Skip();
        return unchanged;
    }
}
