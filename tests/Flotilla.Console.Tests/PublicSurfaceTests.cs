using Flotilla.Testing;

namespace Flotilla.Console.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void It_is_as_recorded() => PublicSurface.IsAsRecorded(typeof(Terminal).Assembly);
}
