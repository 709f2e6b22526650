using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.MessagePack.Tests;

/// <summary>An extension as a value of the tests.</summary>
internal sealed record Extension(sbyte Type, string Bytes);

/// <summary>Any value as plain objects: null, bool, long, ulong, float, double, string, byte[], Extension, lists, and lists of pairs.</summary>
internal static class Values
{
    public static Arbitrary<object?> Any { get; } = Arb.From(Value(3));

    public static byte[] Encode(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(new MessagePackWriter(output), value);
        return output.WrittenSpan.ToArray();
    }

    public static object? Decode(ReadOnlySequence<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        var value = Read(ref reader);
        reader.End.ShouldBeTrue();
        return value;
    }

    public static object? Decode(byte[] bytes) => Decode(new ReadOnlySequence<byte>(bytes));

    /// <summary>The same bytes in pieces of a size.</summary>
    public static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        if (bytes.Length == 0) return ReadOnlySequence<byte>.Empty;
        var first = new Piece(bytes.AsMemory(0, Math.Min(size, bytes.Length)), 0);
        var last = first;
        for (var i = size; i < bytes.Length; i += size) last = last.Append(bytes.AsMemory(i, Math.Min(size, bytes.Length - i)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>One text for equal values.</summary>
    public static string Show(object? value) => value switch
    {
        null => "nil",
        ulong or long => $"{value}",
        float single => $"f{BitConverter.SingleToUInt32Bits(single):x}",
        double number => $"d{BitConverter.DoubleToUInt64Bits(number):x}",
        string text => $"'{text}'",
        byte[] bytes => $"<{Convert.ToHexString(bytes)}>",
        List<object?> list => $"[{string.Join(",", list.Select(Show))}]",
        List<(object? Key, object? Value)> map => $"{{{string.Join(",", map.Select(pair => $"{Show(pair.Key)}:{Show(pair.Value)}"))}}}",
        _ => value.ToString()!,
    };

    public static object? Read(ref MessagePackReader reader)
    {
        switch (reader.Peek())
        {
            case MessagePackType.Nil:
                reader.ReadIfNil().ShouldBeTrue();
                return null;
            case MessagePackType.Boolean: return reader.ReadBoolean();
            case MessagePackType.Integer:
                var copy = reader;
                try
                {
                    return reader.ReadInt64();
                }
                catch (MessagePackException)
                {
                    reader = copy;
                    return reader.ReadUInt64();
                }
            case MessagePackType.Float:
                var raw = reader;
                return raw.ReadRaw().Length == 5 ? (object)(float)reader.ReadDouble() : reader.ReadDouble();
            case MessagePackType.String: return reader.ReadString();
            case MessagePackType.Binary: return reader.ReadBinary().ToArray();
            case MessagePackType.Extension: return new Extension(ExtensionOf(ref reader, out var bytes), bytes);
            case MessagePackType.Array:
                var list = new List<object?>();
                for (var count = reader.ReadArrayHeader(); count > 0; count--) list.Add(Read(ref reader));
                return list;
            default:
                var map = new List<(object? Key, object? Value)>();
                for (var count = reader.ReadMapHeader(); count > 0; count--) map.Add((Read(ref reader), Read(ref reader)));
                return map;
        }
    }

    private static sbyte ExtensionOf(ref MessagePackReader reader, out string bytes)
    {
        bytes = Convert.ToHexString(reader.ReadExtension(out var type).ToArray());
        return type;
    }

    private static void Write(MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNil(); break;
            case bool truth: writer.Write(truth); break;
            case long number: writer.Write(number); break;
            case ulong number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case double number: writer.Write(number); break;
            case string text: writer.Write(text); break;
            case byte[] bytes: writer.WriteBinary(bytes); break;
            case Extension extension: writer.WriteExtension(extension.Type, Convert.FromHexString(extension.Bytes)); break;
            case List<object?> list:
                writer.WriteArrayHeader(list.Count);
                foreach (var item in list) Write(writer, item);
                break;
            case List<(object? Key, object? Value)> map:
                writer.WriteMapHeader(map.Count);
                foreach (var (key, item) in map)
                {
                    Write(writer, key);
                    Write(writer, item);
                }
                break;
            default: throw new ArgumentException($"{value.GetType()} is no value of the tests.", nameof(value));
        }
    }

    private static Gen<object?> Value(int depth)
    {
        var lengths = Gen.OneOf(Gen.Choose(0, 40), Gen.Elements(255, 256, 300));
        var bytes = lengths.SelectMany(length => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(length));
        var scalars = new List<Gen<object?>>
        {
            Gen.Constant<object?>(null),
            ArbMap.Default.GeneratorFor<bool>().Select(value => (object?)value),
            Gen.OneOf(ArbMap.Default.GeneratorFor<long>(), Edges()).Select(value => (object?)value),
            Gen.Elements((ulong)long.MaxValue + 1, ulong.MaxValue).Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<float>().Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<double>().Select(value => (object?)value),
            lengths.SelectMany(length => Gen.Elements('a', 'é', '漢', '\0').ArrayOf(length)).Select(chars => (object?)new string(chars)),
            bytes.Select(value => (object?)value),
            Gen.Zip(Gen.Choose(-128, 127), Gen.OneOf(bytes, Gen.Elements(1, 2, 4, 8, 16).Select(n => new byte[n])))
                .Select(pair => (object?)new Extension((sbyte)pair.Item1, Convert.ToHexString(pair.Item2))),
        };
        if (depth == 0) return Gen.OneOf(scalars);
        var inner = Value(depth - 1);
        var counts = Gen.Choose(0, 17);
        scalars.Add(counts.SelectMany(count => inner.ArrayOf(count)).Select(items => (object?)items.ToList()));
        scalars.Add(counts.SelectMany(count => Gen.Zip(inner, inner).ArrayOf(count))
            .Select(pairs => (object?)pairs.Select(pair => (Key: pair.Item1, Value: pair.Item2)).ToList()));
        return Gen.OneOf(scalars);
    }

    private static Gen<long> Edges() => Gen.Elements(
        0, 127, 128, 255, 256, 65_535, 65_536, uint.MaxValue, uint.MaxValue + 1L, long.MaxValue,
        -1, -32, -33, -128, -129, -32_768, -32_769, int.MinValue, int.MinValue - 1L, long.MinValue);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
