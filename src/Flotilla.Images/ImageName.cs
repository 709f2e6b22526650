using Flotilla.Core;

namespace Flotilla.Images;

/// <summary>The name of a lineage, such as <c>example.com/shop/1.0</c> or <c>docker.io/library/nginx:1.25</c>.</summary>
public readonly record struct ImageName
{
    private const int LengthMax = 255;
    private const string RefPrefix = "refs/heads/image/";
    private const string RefLeaf = "/@";

    private readonly string? _text;

    private ImageName(string text) => _text = text;

    /// <summary>The branch that holds it. A leaf stands under each name, so that <c>x</c> and <c>x/y</c> can both be lineages.</summary>
    public string Ref => RefPrefix + ToString().Replace(":", "%3A") + RefLeaf;

    /// <summary>
    /// Parts of letters, digits and <c>. _ - + :</c> between slashes; a part begins with a letter or digit and ends in no dot or
    /// <c>.lock</c>. Anything else is an <see cref="ImageException"/> that says what is wrong.
    /// </summary>
    public static ImageName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Objection(text) is { } why
            ? throw new ImageException(ImageFault.BadName, new Problem($"\"{text}\" is no name for an image.", Why: why, Fix: "Choose one like example.com/shop/1.0."))
            : new ImageName(text);
    }

    /// <summary>False where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string text, out ImageName name)
    {
        var valid = Objection(text) is null;
        name = valid ? new ImageName(text) : default;
        return valid;
    }

    /// <summary>The name that a branch holds; null when it is no branch of an image.</summary>
    internal static ImageName? OfRef(string reference) =>
        reference.StartsWith(RefPrefix, StringComparison.Ordinal) && reference.EndsWith(RefLeaf, StringComparison.Ordinal)
        && TryParse(reference[RefPrefix.Length..^RefLeaf.Length].Replace("%3A", ":"), out var name) ? name : null;

    /// <summary>The name.</summary>
    public override string ToString() => _text ?? "";

    private static string? Objection(string text)
    {
        if (text.Length == 0) return "it is empty.";
        if (text.Length > LengthMax) return $"it is longer than {LengthMax} letters.";
        foreach (var part in text.Split('/'))
        {
            if (part.Length == 0) return "it has an empty part between slashes, at its beginning or at its end.";
            if (!char.IsAsciiLetterOrDigit(part[0])) return $"its part \"{part}\" does not begin with a letter or digit.";
            if (part.FirstOrDefault(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-' or '+' or ':')) is var wrong && wrong != '\0')
                return $"it contains \"{wrong}\"; letters, digits and . _ - + : are possible.";
            if (part[^1] is '.' or ':') return $"its part \"{part}\" ends in \"{part[^1]}\".";
            if (part.Contains("..")) return $"its part \"{part}\" has two dots in a row.";
            if (part.EndsWith(".lock", StringComparison.Ordinal)) return $"its part \"{part}\" ends in .lock, which git keeps for itself.";
        }
        return null;
    }
}
