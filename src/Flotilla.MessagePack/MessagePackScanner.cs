namespace Flotilla.MessagePack;

/// <summary>
/// Finds where a value ends in bytes that come piece by piece. It keeps its place, so that each byte is looked at once, and
/// nothing of the value itself. For one caller at a time.
/// </summary>
public sealed class MessagePackScanner
{
    private readonly MessagePackLimits _limits;
    private readonly long[] _itemsLeft;
    private readonly byte[] _head = new byte[MessagePackHead.SizeMax];
    private int _headLength;
    private int _depth;
    private long _bodyLeft;
    private long _total;

    /// <summary>A scanner at the beginning of a value.</summary>
    /// <param name="limits">What is accepted; <see cref="MessagePackLimits.Default"/> unless given.</param>
    public MessagePackScanner(MessagePackLimits? limits = null)
    {
        _limits = limits ?? MessagePackLimits.Default;
        _itemsLeft = new long[_limits.DepthMax];
    }

    /// <summary>True when nothing of the next value has been seen yet.</summary>
    public bool IsAtStart => _depth == 0 && _bodyLeft == 0 && _headLength == 0;

    /// <summary>Goes on with the bytes that follow those of the last call.</summary>
    /// <param name="input">The next bytes; they may go beyond the value.</param>
    /// <param name="consumed">How many of them belong to the value: all, when it does not end here.</param>
    /// <returns>True when the value ended; the scanner then stands at the beginning of the next one.</returns>
    /// <exception cref="MessagePackException">
    /// The bytes are not MessagePack or go beyond a limit. The scanner is of no use afterwards.
    /// </exception>
    public bool TryFindEnd(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            if (_bodyLeft > 0)
            {
                var taken = (int)Math.Min(_bodyLeft, input.Length - consumed);
                consumed += taken;
                _bodyLeft -= taken;
                if (_bodyLeft > 0) return Count(consumed);
                if (EndItem()) return true;
            }
            if (consumed == input.Length) return Count(consumed);
            if (!TryHead(input[consumed..], out var head, out var used))
            {
                consumed += used;
                return Count(consumed);
            }
            consumed += used;
            if (_total + consumed + head.BodyLength > _limits.TotalMax)
                throw new MessagePackException($"A value has more than {_limits.TotalMax:N0} bytes.");
            if (Begin(head)) return true;
        }
    }

    private bool Count(int consumed)
    {
        _total += consumed;
        return false;
    }

    private bool TryHead(ReadOnlySpan<byte> input, out MessagePackHead head, out int used)
    {
        var size = MessagePackHead.SizeOf(_headLength > 0 ? _head[0] : input[0]);
        used = Math.Min(size - _headLength, input.Length);
        if (_headLength == 0 && used == size)
        {
            head = MessagePackHead.Read(input[..size], _limits);
            return true;
        }
        input[..used].CopyTo(_head.AsSpan(_headLength));
        _headLength += used;
        head = default;
        if (_headLength < size) return false;
        _headLength = 0;
        head = MessagePackHead.Read(_head.AsSpan(0, size), _limits);
        return true;
    }

    /// <summary>True when the whole value ended with this head.</summary>
    private bool Begin(MessagePackHead head)
    {
        if (head.BodyLength > 0)
        {
            _bodyLeft = head.BodyLength;
            return false;
        }
        if (head.Items == 0) return EndItem();
        if (_depth == _itemsLeft.Length)
            throw new MessagePackException($"Arrays and maps stand within each other more than {_limits.DepthMax} deep.");
        _itemsLeft[_depth++] = head.Items;
        return false;
    }

    private bool EndItem()
    {
        while (_depth > 0 && --_itemsLeft[_depth - 1] == 0) _depth--;
        if (_depth > 0) return false;
        _total = 0;
        return true;
    }
}
