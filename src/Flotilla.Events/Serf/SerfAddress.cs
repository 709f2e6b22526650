using System.Globalization;
using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>Where a Serf agent listens for RPC.</summary>
/// <param name="Host">An IP address or host name.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct SerfAddress(string Host, int Port)
{
    /// <summary>Where agents listen unless told otherwise: <c>127.0.0.1:7373</c>.</summary>
    public static SerfAddress Default { get; } = new("127.0.0.1", 7373);

    /// <summary>Reads <c>host:port</c>, <c>[::1]:7373</c>, or a host alone, whose port is then 7373.</summary>
    /// <exception cref="ProblemException">It is neither.</exception>
    public static SerfAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        var isAlone = colon < 0 || text.EndsWith(']') || (text.IndexOf(':') != colon && !text.StartsWith('['));
        var host = (isAlone ? text : text[..colon]).Trim('[', ']');
        var port = Default.Port;
        if (host.Length > 0 && !host.Any(char.IsWhiteSpace)
            && (isAlone || TryPort(text.AsSpan(colon + 1), out port)))
            return new(host, port);
        throw new ProblemException(new Problem(
            $"\"{text}\" is no address of a Serf agent.", Fix: "Write host:port, for example 127.0.0.1:7373."));
    }

    /// <summary><c>127.0.0.1:7373</c>, <c>[::1]:7373</c>.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool TryPort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65_535;
}
