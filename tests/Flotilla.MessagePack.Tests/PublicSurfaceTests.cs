using Flotilla.Testing;

namespace Flotilla.MessagePack.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void Public_surface_is_as_recorded() => PublicSurface.IsAsRecorded(typeof(MessagePackWriter).Assembly);
}
