using System.Numerics;

namespace Flotilla.Detection.Tests;

public sealed class FourierTransformTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(256)]
    public void Forward_is_the_sum_of_the_definition(int size)
    {
        var noise = ShapeSeries.Noise(2 * size, size);
        var values = Enumerable.Range(0, size).Select(i => new Complex(noise[2 * i], noise[2 * i + 1])).ToArray();
        var transformed = values.ToArray();
        new FourierTransform(size).Forward(transformed);
        for (var k = 0; k < size; k++)
        {
            var sum = Complex.Zero;
            for (var j = 0; j < size; j++) sum += values[j] * Complex.Exp(new Complex(0, -2 * Math.PI * j * k / size));
            Complex.Abs(transformed[k] - sum).ShouldBeLessThan(1e-11 * size);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void Inverse_undoes_forward(int size)
    {
        var values = ShapeSeries.Noise(size).Select(value => new Complex(value, 0)).ToArray();
        var there = values.ToArray();
        var transform = new FourierTransform(size);
        transform.Forward(there);
        transform.Inverse(there);
        for (var i = 0; i < size; i++) Complex.Abs(there[i] - values[i]).ShouldBeLessThan(1e-13);
    }
}
