namespace Flotilla.Detection.Tests;

public sealed class GrubbsLimitsTests
{
    // From the table in F. E. Grubbs and G. Beck, Technometrics 14(4), 1972: one-sided, 2.5 %, which is 5 %/2.
    [Theory]
    [InlineData(3, 1.155)]
    [InlineData(4, 1.481)]
    [InlineData(5, 1.715)]
    [InlineData(10, 2.290)]
    [InlineData(20, 2.709)]
    [InlineData(30, 2.908)]
    [InlineData(50, 3.128)]
    [InlineData(100, 3.383)]
    public void Limits_equal_the_published_table(int count, double limit) => GrubbsLimits.For(count).ShouldBe(limit, 0.0016);

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(99)]
    [InlineData(500)]
    [InlineData(998)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(8665)]
    [InlineData(100_000)]
    public void Limits_equal_those_by_numerical_integration(int count) =>
        GrubbsLimits.For(count).ShouldBe(GrubbsReference.Limit(count, 20_000), 1e-10);

    [Fact]
    public void The_expansion_takes_over_without_a_step() =>
        GrubbsLimits.ExpandedQuantile(1000).ShouldBe(GrubbsLimits.ExactQuantile(1000), 1e-11);

    [Fact]
    public void Limits_grow_with_the_count_and_beyond_the_table()
    {
        for (var count = 4; count < 20_000; count++) GrubbsLimits.For(count).ShouldBeGreaterThan(GrubbsLimits.For(count - 1));
        GrubbsLimits.For(1L << 25).ShouldBeGreaterThan(GrubbsLimits.For(1 << 20));
        GrubbsLimits.For(2).ShouldBe(double.NaN);
    }
}
