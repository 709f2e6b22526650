namespace Flotilla.Events.Serf;

/// <summary>Numbers as digits and small letters, for tags, whose room is scarce.</summary>
internal static class Base36
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static string Write(ulong number)
    {
        Span<char> text = stackalloc char[13];
        var at = text.Length;
        do
        {
            text[--at] = Digits[(int)(number % 36)];
            number /= 36;
        }
        while (number > 0);
        return new string(text[at..]);
    }

    /// <summary>0 when the text is no number below 2⁶³.</summary>
    public static ulong Read(string text)
    {
        ulong number = 0;
        foreach (var character in text)
        {
            var digit = Digits.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0 || number > (ulong)long.MaxValue / 36 - 1) return 0;
            number = number * 36 + (ulong)digit;
        }
        return number;
    }
}
