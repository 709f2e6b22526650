using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class SymmetricEigenTests
{
    [Fact]
    public void Eigenvectors_are_orthonormal_and_give_the_matrix_back() =>
        Prop.ForAll(Gen.Choose(1, 24).ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), (n, seed) =>
        {
            var matrix = Symmetric(n, seed);
            var (values, vectors) = SymmetricEigen.Decompose(matrix);
            values.ShouldBe(values.OrderDescending());
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    vectors[i].Zip(vectors[j], (a, b) => a * b).Sum().ShouldBe(i == j ? 1 : 0, 1e-12);
                    Enumerable.Range(0, n).Sum(k => values[k] * vectors[k][i] * vectors[k][j]).ShouldBe(matrix[i][j], 1e-11);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Eigenvalues_of_the_second_difference_matrix_are_known()
    {
        const int n = 12;
        double[][] matrix = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => Math.Abs(i - j) switch { 0 => 2.0, 1 => -1, _ => 0 }).ToArray())];
        var expected = Enumerable.Range(1, n).Select(k => 2 - 2 * Math.Cos(k * Math.PI / (n + 1))).OrderDescending().ToArray();
        SymmetricEigen.Decompose(matrix).Values.ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Of_the_zero_matrix_every_direction_is_an_eigenvector()
    {
        var (values, vectors) = SymmetricEigen.Decompose([[0, 0], [0, 0]]);
        values.ShouldBe([0, 0]);
        vectors.ShouldBe([[1, 0], [0, 1]]);
    }

    [Fact]
    public void The_matrix_given_is_not_changed()
    {
        double[][] matrix = [[1, 2], [2, 1]];
        SymmetricEigen.Decompose(matrix).Values.ShouldBe([3, -1], 1e-14);
        matrix.ShouldBe([[1, 2], [2, 1]]);
    }

    private static double[][] Symmetric(int n, int seed)
    {
        var values = ShapeSeries.Noise(n * n, seed);
        return [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => values[Math.Min(i, j) * n + Math.Max(i, j)]).ToArray())];
    }
}
