using System.Runtime.CompilerServices;

namespace Flotilla.Core;

/// <summary>
/// States what must never be false. The one who owns the program decides what a violation does: tests and simulation
/// fail, production reports and goes on.
/// </summary>
public sealed class Invariants(Action<string> violated)
{
    /// <summary>Throws <see cref="InvariantException"/>: for tests and simulation.</summary>
    public static Invariants Throwing { get; } = new(message => throw new InvariantException(message));

    /// <summary>Reports <paramref name="statement"/> as violated unless <paramref name="holds"/>.</summary>
    public void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref InvariantMessage statement)
    {
        if (!holds) violated(statement.ToString());
    }
}

/// <summary>A bug in Flotilla or in the fleet: something happened that must never happen.</summary>
public sealed class InvariantException(string message) : Exception($"Violated: {message}. This is a bug.");

/// <summary>Builds the message of an invariant only when it is violated.</summary>
[InterpolatedStringHandler]
public ref struct InvariantMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    public InvariantMessage(int literalLength, int formattedCount, bool holds, out bool enabled)
    {
        enabled = !holds;
        _text = enabled ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <inheritdoc/>
    public override string ToString() => _text.ToStringAndClear();
}
