namespace Flotilla.Images.Moving;

/// <summary>Which lineages a user means by names that may be given in part.</summary>
internal static class ImageSelection
{
    /// <summary>
    /// For each text the lineage of that name, or all below it (<c>example.com/shop</c> means <c>example.com/shop/1.0</c> too), or
    /// else all that end in it (<c>shop/1.0</c>); everything when there are no texts. A text that means nothing is an error.
    /// </summary>
    /// <param name="texts">What the user wrote.</param>
    /// <param name="names">What there is.</param>
    /// <param name="place">Where that is, for the message.</param>
    public static IReadOnlyList<ImageName> Select(IReadOnlyList<string> texts, IReadOnlyCollection<ImageName> names, string place)
    {
        var chosen = new SortedDictionary<string, ImageName>(StringComparer.Ordinal);
        foreach (var name in names)
            if (texts.Count == 0) chosen[name.ToString()] = name;
        foreach (var text in texts)
        {
            var asked = text.Trim('/');
            var found = names.Where(name => name.ToString() == asked || name.ToString().StartsWith(asked + "/", StringComparison.Ordinal)).ToList();
            if (found.Count == 0) found = [.. names.Where(name => name.ToString().EndsWith("/" + asked, StringComparison.Ordinal))];
            if (asked.Length == 0 || found.Count == 0)
                throw ImageException.Of(ImageFault.NotFound, $"There is no image \"{text}\" in {place}.", fix: Core.Suggestion.Sentence(asked, [.. names.Select(name => name.ToString())]));
            foreach (var name in found) chosen[name.ToString()] = name;
        }
        return [.. chosen.Values];
    }
}
