using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class DickeyFullerTests
{
    [Fact]
    public void Statistic_equals_that_of_eleven_separate_regressions() =>
        Prop.ForAll(Series, values =>
        {
            var expected = SliceBySlice.DickeyFullerStatistic(values);
            DickeyFuller.Statistic(values).ShouldBe(expected, 1e-6 * (1 + Math.Abs(expected)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_quick_form_answers_as_the_exact_one_or_not_at_all()
    {
        var answered = 0;
        Prop.ForAll(Series, values =>
        {
            if (DickeyFullerProducts.IsStationary(values) is not { } stationary) return;
            stationary.ShouldBe(SliceBySlice.DickeyFullerStatistic(values) < -2.861592763097);
            answered++;
        }).QuickCheckThrowOnFailure();
        answered.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void The_quick_form_does_not_answer_where_columns_depend_on_each_other()
    {
        DickeyFullerProducts.IsStationary([.. Enumerable.Range(0, 300).Select(i => (double)(i % 3))]).ShouldBeNull();
        DickeyFullerProducts.IsStationary([.. Enumerable.Range(0, 300).Select(i => 2.0 * i)]).ShouldBeNull();
        DickeyFullerProducts.IsStationary([.. Enumerable.Range(0, 300).Select(i => i < 5 ? 3.0 : 1.0)]).ShouldBeNull();
    }

    [Fact]
    public void Noise_is_stationary_and_a_walk_is_not()
    {
        var random = new Random(2);
        var noise = Enumerable.Range(0, 300).Select(_ => random.NextDouble()).ToArray();
        var level = 0.0;
        var walk = noise.Select(value => level += value - 0.4).ToArray();
        DickeyFuller.IsStationary(noise).ShouldBeTrue();
        DickeyFuller.IsStationary(walk).ShouldBeFalse();
    }

    [Fact]
    public void Too_few_values_or_equal_ones_are_not_stationary()
    {
        double[] noise = [.. Enumerable.Range(0, 24).Select(i => (double)(i * i % 7))];
        double.IsNaN(DickeyFuller.Statistic(noise)).ShouldBeFalse();
        DickeyFuller.Statistic(noise.AsSpan(1)).ShouldBe(double.NaN);
        DickeyFuller.IsStationary(Enumerable.Repeat(4.2, 300).ToArray()).ShouldBeFalse();
    }

    private static readonly Arbitrary<double[]> Series = (
        from level in Gen.Elements(0, 1, 1e6)
        from length in Gen.Choose(24, 700)
        from values in Gen.Choose(0, 1000).ArrayOf(length)
        from kind in Gen.Choose(0, 3)
        select Make(values, kind, level)).ToArbitrary();

    private static double[] Make(int[] values, int kind, double level)
    {
        var made = new double[values.Length];
        var walk = 0.0;
        for (var i = 0; i < made.Length; i++)
        {
            walk += values[i] - 500;
            made[i] = level + kind switch
            {
                0 => values[i] / 7.0,
                1 => i + values[i] / 100.0,
                2 => walk,
                _ => (values[i] < 950 || i < made.Length / 2 ? 0 : 2000) + values[i] % 10,
            };
        }
        return made;
    }
}
