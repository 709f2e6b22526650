using System.Runtime.InteropServices;
using System.Text;

namespace Flotilla.Console.Tests;

public sealed class InterruptionTests
{
    [Fact]
    public void The_first_signal_asks_for_an_orderly_end_even_where_the_terminal_is_gone()
    {
        using var interruption = new Interruption(new Terminal(TextWriter.Null, new GoneWriter()));
        var signal = new PosixSignalContext(PosixSignal.SIGHUP);
        interruption.Receive(signal);
        interruption.Token.IsCancellationRequested.ShouldBeTrue();
        interruption.AtOnce.IsCancellationRequested.ShouldBeFalse();
        signal.Cancel.ShouldBeTrue();
    }

    private sealed class GoneWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("Input/output error");
    }
}
