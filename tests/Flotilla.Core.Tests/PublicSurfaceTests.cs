using Flotilla.Testing;

namespace Flotilla.Core.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void It_is_as_recorded() => PublicSurface.IsAsRecorded(typeof(Problem).Assembly);
}
