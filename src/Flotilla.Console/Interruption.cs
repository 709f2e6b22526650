using System.Runtime.InteropServices;

namespace Flotilla.Console;

/// <summary>
/// Ctrl-C and the signals that end a program: the first asks for an orderly end (<see cref="Token"/>), the second for an
/// end at once (<see cref="AtOnce"/>); what then still does not end is left behind after a second.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _orderly = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Terminal _terminal;
    private int _signals;

    /// <summary>Listens from now on.</summary>
    public Interruption(Terminal terminal)
    {
        _terminal = terminal;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, Receive))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _orderly.Token;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    internal void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        switch (Interlocked.Increment(ref _signals))
        {
            case 1:
                _orderly.Cancel();
                Say("Stopping. Press Ctrl-C again to stop at once.");
                break;
            case 2:
                _ = ExitSoonAsync();
                _atOnce.Cancel();
                Say("Stopping at once.");
                break;
            default:
                Environment.Exit(ExitCodes.Interrupted);
                break;
        }
    }

    private void Say(string text)
    {
        try
        {
            _terminal.Note(text);
        }
        catch (IOException)
        {
            // The terminal is gone, which may be what the signal is about.
        }
    }

    private static async Task ExitSoonAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        Environment.Exit(ExitCodes.Interrupted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _orderly.Dispose();
        _atOnce.Dispose();
    }
}
