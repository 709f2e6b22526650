namespace Flotilla.Detection.Tests;

public sealed class ExtremeDeviatesTests
{
    [Fact]
    public void Which_of_two_equally_far_ends_goes_first_does_not_hang_on_rounding()
    {
        double[] values = [-0.7, -0.3, -0.1, 0, 0.1, 0.3, 0.7];
        var test = new ExtremeDeviates(0.05);
        var here = test.Test(values, 0.7, most: 1, floor: 0).Score;
        for (var shift = -2000; shift <= 2000; shift++)
            test.Test([.. values.Select(value => value + shift)], 0.7 + shift, most: 1, floor: 0).Score.ShouldBeNear(here, 1e-6);
    }
}
