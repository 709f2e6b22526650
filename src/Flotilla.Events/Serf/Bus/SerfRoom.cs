using System.Text;

namespace Flotilla.Events.Serf;

/// <summary>How many bytes of payload fit into Serf's messages, whose limits count the encoded message with its field names.</summary>
internal static class SerfRoom
{
    // Measured with an agent, the widest Lamport time and the widest address allowed for.
    private const int EventOverhead = 40;
    private const int QueryOverhead = 130;
    private const int AnswerOverhead = 64;
    private const int FilterOverhead = 8;
    private const int NameOverhead = 3;

    public static int Event(SerfBusOptions options, string name) => options.EventBytesMax - EventOverhead - Bytes(name);

    public static int Query(SerfBusOptions options, string name, string self, IEnumerable<string> filter) =>
        options.QueryBytesMax - QueryOverhead - Bytes(name) - Bytes(self) - Filter(filter);

    public static int Answer(SerfBusOptions options, string self) => options.AnswerBytesMax - AnswerOverhead - Bytes(self);

    /// <summary>How many bytes a filter of names takes in a query.</summary>
    public static int Filter(IEnumerable<string> names) => FilterOverhead + names.Sum(Bytes);

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text) + NameOverhead;
}
