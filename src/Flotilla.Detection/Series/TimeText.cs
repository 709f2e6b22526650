namespace Flotilla.Detection;

/// <summary>What stands where a time is expected.</summary>
internal enum TimeKind
{
    /// <summary>A time.</summary>
    Time,

    /// <summary>A number that is too large for seconds since 1970.</summary>
    NotSeconds,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Times in text: unix seconds, or ISO 8601.</summary>
internal static class TimeText
{
    /// <summary>Unix seconds over this lie after the year 2286; so large a number counts something shorter.</summary>
    public const double SecondsMax = 1e10;

    private const double SecondsMin = -62_135_596_800;
    private const int FractionDigits = 7;

    /// <summary>
    /// Reads unix seconds, whole or with a fraction, or <c>yyyy-MM-dd</c>, then optionally <c>T</c> or a space and
    /// <c>HH:mm</c>, <c>:ss</c>, a fraction, and a zone (<c>Z</c>, <c>UTC</c>, <c>+HH:mm</c>, <c>+HHmm</c>, <c>+HH</c>). Without a zone it is UTC. What a
    /// fraction has beyond 100 ns is cut off.
    /// </summary>
    public static TimeKind Read(ReadOnlySpan<byte> text, out DateTimeOffset at)
    {
        var isDate = text.Length >= 10 && text[4] == '-';
        var kind = isDate ? (TryReadDate(text, out var ticks) ? TimeKind.Time : TimeKind.Other) : ReadSeconds(text, out ticks);
        at = kind == TimeKind.Time ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return kind;
    }

    /// <summary>As problems show it.</summary>
    public static string Show(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", System.Globalization.CultureInfo.InvariantCulture);

    private static TimeKind ReadSeconds(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        var rest = negative ? text[1..] : text;
        long seconds = 0;
        var whole = TakeDigits(ref rest, 11, ref seconds);
        long fraction = 0;
        if (whole > 0 && (rest.IsEmpty || TryTakeFraction(ref rest, out fraction)) && rest.IsEmpty)
        {
            if (seconds > SecondsMax) return TimeKind.NotSeconds;
            var since = seconds * TimeSpan.TicksPerSecond + fraction;
            ticks = DateTime.UnixEpoch.Ticks + (negative ? -since : since);
            return TimeKind.Time;
        }
        if (!NumberText.TryParse(text, out var number) || number < SecondsMin) return TimeKind.Other;
        if (number > SecondsMax) return TimeKind.NotSeconds;
        ticks = DateTime.UnixEpoch.Ticks + (long)Math.Round(number * TimeSpan.TicksPerSecond);
        return ticks >= 0 ? TimeKind.Time : TimeKind.Other;
    }

    private static bool TryReadDate(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (!TryTakeNumber(ref text, 4, out var year) || !TryTake(ref text, '-') || !TryTakeNumber(ref text, 2, out var month)
            || !TryTake(ref text, '-') || !TryTakeNumber(ref text, 2, out var day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;
        if (text.IsEmpty) return true;

        if (text[0] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        text = text[1..];
        var second = 0;
        long fraction = 0;
        if (!TryTakeNumber(ref text, 2, out var hour) || !TryTake(ref text, ':') || !TryTakeNumber(ref text, 2, out var minute)) return false;
        if (TryTake(ref text, ':') && !TryTakeNumber(ref text, 2, out second)) return false;
        if (!text.IsEmpty && text[0] == '.' && !TryTakeFraction(ref text, out fraction)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        ticks += hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute + second * TimeSpan.TicksPerSecond + fraction;
        if (!TryReadZone(text.TrimStart((byte)' '), out var offset)) return false;
        ticks -= offset;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out long offset)
    {
        offset = 0;
        if (text.IsEmpty || text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8)) return true;
        var sign = text[0] switch { (byte)'+' => 1, (byte)'-' => -1, _ => 0 };
        if (sign == 0) return false;
        text = text[1..];
        if (!TryTakeNumber(ref text, 2, out var hours)) return false;
        var minutes = 0;
        TryTake(ref text, ':');
        if (!text.IsEmpty && !TryTakeNumber(ref text, 2, out minutes)) return false;
        if (!text.IsEmpty || hours > 14 || minutes > 59) return false;
        offset = sign * (hours * TimeSpan.TicksPerHour + minutes * TimeSpan.TicksPerMinute);
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, char c)
    {
        if (text.IsEmpty || text[0] != c) return false;
        text = text[1..];
        return true;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> text, int digits, out int number)
    {
        long taken = 0;
        var count = TakeDigits(ref text, digits, ref taken);
        number = (int)taken;
        return count == digits;
    }

    // A point and at least one digit.
    private static bool TryTakeFraction(ref ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (!TryTake(ref text, '.')) return false;
        var count = TakeDigits(ref text, FractionDigits, ref ticks);
        if (count == 0) return false;
        for (var i = count; i < FractionDigits; i++) ticks *= 10;
        var more = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        text = more < 0 ? default : text[more..];
        return true;
    }

    private static int TakeDigits(ref ReadOnlySpan<byte> text, int most, ref long number)
    {
        var count = 0;
        for (; count < text.Length && count < most; count++)
        {
            var digit = (uint)text[count] - '0';
            if (digit > 9) break;
            number = number * 10 + digit;
        }
        text = text[count..];
        return count;
    }
}
