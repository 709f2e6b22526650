using System.Text;
using Flotilla.Core;

namespace Flotilla.Events;

/// <content>Filters that nothing can ever fit.</content>
public sealed partial record EventFilter
{
    /// <summary>Finds why no event can ever fit, by the limits of names and roles; nothing when one can.</summary>
    /// <param name="handler">Whose filter it is, for the messages.</param>
    /// <param name="declared">Where the handler is declared.</param>
    public IEnumerable<Problem> Check(string handler, SourceLocation? declared = null)
    {
        var kind = _kind == Kind.Query ? "query" : "user event";
        Problem Never(string why, string fix) => new($"Handler \"{handler}\" can never run.", declared, why, fix);
        if (_pattern.Length == 0)
            yield return Never($"Its filter is for a {kind} without a name, and every {kind} has one.", "Name it, or write * for any name.");
        else if (_pattern.FirstOrDefault(char.IsControl) is not '\0' and var control)
            yield return Never($"Its filter has the control character U+{(int)control:X4}, which no name of a {kind} contains.", "Leave it out.");
        else if (_pattern.StartsWith(EventLimits.ReservedPrefix, StringComparison.Ordinal))
            yield return Never($"Names that begin with \"{EventLimits.ReservedPrefix}\" belong to Serf, which keeps them to itself.", "Choose another name.");
        else if (Encoding.UTF8.GetByteCount(_pattern.Replace("*", "", StringComparison.Ordinal)) is var size and > EventLimits.NameBytesMax)
            yield return Never($"Its filter asks for a name of {size:N0} bytes; the limit is {EventLimits.NameBytesMax}.", "Shorten it.");
        if (HostRole is { Length: 0 } || OriginRole is { Length: 0 })
            yield return Never("Its filter asks for a role without a name.", "Name the role, or leave it out.");
        foreach (var tag in HostTags ?? new Dictionary<string, string>())
            if (tag.Key.Length == 0) yield return Never("Its filter asks for a tag without a name.", "Name the tag, or leave it out.");
    }
}
