using System.Text;
using System.Text.Json;
using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>
/// Walks through JSON (RFC 8259) in a stream, token by token. Unlike <see cref="Utf8JsonReader"/> it knows its line, and takes the words
/// NaN and Infinity, which Python's json module writes, as scalars.
/// </summary>
internal sealed class JsonCursor(ByteSource source)
{
    private const int DepthMax = 256;

    public SeriesPlace Place => source.Place;

    public int Line => source.Line;

    public long Offset => source.Offset;

    /// <summary>The first byte of the next token, or -1 at the end.</summary>
    public int Peek()
    {
        while (true)
        {
            var unread = source.Unread;
            for (var i = 0; i < unread.Length; i++)
            {
                var c = unread[i];
                if (c is (byte)' ' or (byte)'\t' or (byte)'\r') continue;
                if (c == (byte)'\n')
                {
                    source.Line++;
                    continue;
                }
                source.Advance(i);
                return c;
            }
            source.Advance(unread.Length);
            if (!source.Fill()) return -1;
        }
    }

    /// <summary>Takes the token if it comes next.</summary>
    public bool TryTake(char token)
    {
        if (Peek() != token) return false;
        source.Advance(1);
        return true;
    }

    /// <summary>Takes the token, or throws the problem that it is not there.</summary>
    public void Take(char token)
    {
        if (!TryTake(token)) throw Unexpected($"\"{token}\"");
    }

    /// <summary>After an element: true when another one follows, false when the array or object is closed.</summary>
    public bool TakeNext(char close)
    {
        if (TryTake(',')) return true;
        if (TryTake(close)) return false;
        throw Unexpected($"\",\" or \"{close}\"");
    }

    /// <summary>Throws unless there is nothing more.</summary>
    public void TakeEnd()
    {
        if (Peek() >= 0) throw Unexpected("the end of the file");
    }

    /// <summary>A number, a word, or what is between the quotes of a string as it stands; valid until the next call.</summary>
    public ReadOnlySpan<byte> Scalar(string expected)
    {
        var first = Peek();
        if (first == '"')
        {
            var text = Quoted();
            return text[1..^1];
        }
        var length = 0;
        while (true)
        {
            var unread = source.Unread;
            for (; length < unread.Length; length++)
            {
                if (unread[length] is (byte)',' or (byte)']' or (byte)'}' or (byte)':' or (byte)'[' or (byte)'{' or (byte)'"' or <= (byte)' ') break;
            }
            if (length < unread.Length || !source.Fill()) break;
        }
        if (length == 0) throw Unexpected(expected);
        var scalar = source.Unread[..length];
        source.Advance(length);
        return scalar;
    }

    /// <summary>A string, or throws the problem that there is none.</summary>
    public string String(string expected)
    {
        if (Peek() != '"') throw Unexpected(expected);
        var quoted = Quoted();
        try
        {
            return JsonSerializer.Deserialize<string>(quoted)!;
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(quoted[1..^1]);
        }
    }

    /// <summary>Takes a value of any kind. What is in it is not looked at, but for its brackets.</summary>
    public void Skip()
    {
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case -1:
                    throw Ended();
                case '[' or '{':
                    if (++depth > DepthMax) throw Place.Problem(Line, "This is not a series.", $"Its JSON is nested deeper than {DepthMax}.", "Move the file out of the folder.");
                    source.Advance(1);
                    break;
                case ']' or '}':
                    if (--depth < 0) throw Unexpected("a value");
                    source.Advance(1);
                    break;
                case ',' or ':' when depth > 0:
                    source.Advance(1);
                    break;
                default:
                    Scalar("a value");
                    break;
            }
        }
        while (depth > 0);
    }

    public ProblemException Unexpected(string expected) =>
        Peek() < 0 ? Ended() : Place.NotASeries(Line, expected, SeriesPlace.Excerpt(Ahead()));

    // What comes next, up to the end of the line.
    private ReadOnlySpan<byte> Ahead()
    {
        var unread = source.Unread;
        var end = unread.IndexOf((byte)'\n');
        return end < 0 ? unread : unread[..end].TrimEnd((byte)'\r');
    }

    private ReadOnlySpan<byte> Quoted()
    {
        var length = 1;
        while (true)
        {
            var rest = source.Unread[length..];
            var found = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (found >= 0 && rest[found] == (byte)'"')
            {
                length += found + 1;
                break;
            }
            // A backslash and what it escapes; that may not be there yet.
            if (found >= 0 && found + 1 < rest.Length) length += found + 2;
            else if (!source.Fill()) throw Ended();
            else if (found < 0) length += rest.Length;
        }
        var quoted = source.Unread[..length];
        source.Line += quoted.Count((byte)'\n');
        source.Advance(length);
        return quoted;
    }

    private ProblemException Ended() =>
        Place.Problem(Line, "The file ends in the middle of its JSON.", "It was cut off when it was written or copied.", "Get it again.");
}
