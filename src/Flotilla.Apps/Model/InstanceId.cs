using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Flotilla.Apps;

/// <summary>One place for a running copy of an app: <c>shop-0</c>, <c>shop-1</c>, … It keeps its name over restarts.</summary>
/// <param name="App">The name of the app.</param>
/// <param name="Slot">Counted from 0 over the whole fleet.</param>
public readonly record struct InstanceId(string App, int Slot) : IParsable<InstanceId>
{
    /// <summary><c>shop-0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{App}-{Slot}");

    /// <summary>Reads what <see cref="ToString"/> writes: the slot is the digits after the last hyphen.</summary>
    /// <exception cref="FormatException">It is not an app and a slot.</exception>
    public static InstanceId Parse(string s) => Parse(s, null);

    /// <inheritdoc cref="Parse(string)"/>
    public static InstanceId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id)
            ? id
            : throw new FormatException($"\"{s}\" is not an instance. Write the app and its number, for example \"shop-0\".");

    /// <inheritdoc cref="Parse(string)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, out InstanceId result) => TryParse(s, null, out result);

    /// <inheritdoc cref="Parse(string)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out InstanceId result)
    {
        result = default;
        if (s is null) return false;
        var hyphen = s.LastIndexOf('-');
        if (hyphen <= 0) return false;
        var digits = s.AsSpan(hyphen + 1);
        if (digits is ['0', _, ..]) return false;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var slot)) return false;
        result = new InstanceId(s[..hyphen], slot);
        return true;
    }
}
