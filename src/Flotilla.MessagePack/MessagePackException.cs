namespace Flotilla.MessagePack;

/// <summary>What was read is not MessagePack, not of the expected type, beyond a limit, or ends too soon.</summary>
public sealed class MessagePackException(string message) : FormatException(message);
