using Flotilla.Cli.Inspect;

namespace Flotilla.Cli.Tests.Inspect;

public sealed class BufferedWriterTests
{
    [Fact]
    public void Words_of_any_length_come_out_as_they_were_written()
    {
        var (expected, actual) = (new StringWriter(), new StringWriter());
        using (var buffered = new BufferedWriter(actual))
            foreach (var writer in new TextWriter[] { expected, buffered })
            {
                foreach (var length in (int[])[0, 1, 16_383, 16_384, 16_385, 40_000, 5])
                {
                    writer.Write(new string('a', length));
                    writer.Write('b');
                    writer.Write(new string('c', length).AsSpan());
                    writer.WriteLine((string?)null);
                    writer.Write([.. "de"], 1, 1);
                    writer.WriteLine(7);
                }
            }
        actual.ToString().ShouldBe(expected.ToString());
    }
}
