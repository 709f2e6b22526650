using Flotilla.Testing;

namespace Flotilla.Inspection.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_as_recorded() => PublicSurface.IsAsRecorded(typeof(Finding).Assembly);
}
