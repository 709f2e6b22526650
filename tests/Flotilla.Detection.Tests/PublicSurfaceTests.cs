using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void Public_surface_is_as_recorded() => PublicSurface.IsAsRecorded(typeof(IDetector).Assembly);
}
