using System.Text;
using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>The file that a series is read from, as problems name it.</summary>
internal sealed record SeriesPlace(string File)
{
    private const int ExcerptLengthMax = 40;

    public ProblemException Problem(int line, string what, string? why = null, string? fix = null) =>
        new(new Problem(what, new SourceLocation(File, line), why, fix));

    public ProblemException CannotRead(Exception e) =>
        new(new Problem("The file cannot be read.", new SourceLocation(File, 0), Sentence(e.Message), "Check that it is there and that you may read it."), e);

    public ProblemException NotASeries(int line, string expected, string found) =>
        Problem(line, "This is not a series.", $"Expected {expected}; here stands {found}.",
            "Move the file out of the folder, or bring it into this form.");

    /// <summary>A piece of a file in quotes, shortened, in one line.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text)
    {
        var start = text[..Math.Min(text.Length, 4 * ExcerptLengthMax)];
        var line = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(start).EnumerateRunes())
        {
            if (line.Length >= ExcerptLengthMax) return $"\"{line}…\"";
            if (Rune.IsControl(rune)) line.Append('�');
            else line.Append(rune.ToString());
        }
        return start.Length < text.Length ? $"\"{line}…\"" : $"\"{line}\"";
    }

    public static string Excerpt(string text) => Excerpt(Encoding.UTF8.GetBytes(text));

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";
}
