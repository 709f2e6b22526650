namespace Flotilla.Detection;

/// <summary>
/// The eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (C. G. J. Jacobi, 1846; the rotation in
/// the stable form of G. H. Golub, C. F. Van Loan, "Matrix Computations", section 8.5). For small matrices: O(n³) for each of
/// about six to ten sweeps.
/// </summary>
internal static class SymmetricEigen
{
    private const int MostSweeps = 50;
    private const double Negligible = 1e-14;

    /// <summary>Eigenvalues from the largest to the smallest, and the eigenvectors (of length 1) as rows in the same order.</summary>
    /// <param name="matrix">n rows of n, symmetric and finite; it is not changed.</param>
    public static (double[] Values, double[][] Vectors) Decompose(double[][] matrix)
    {
        var n = matrix.Length;
        var a = Array.ConvertAll(matrix, row => (double[])row.Clone());
        var vectors = new double[n][];
        for (var i = 0; i < n; i++) (vectors[i] = new double[n])[i] = 1;

        var total = Math.Sqrt(a.Sum(row => row.Sum(value => value * value)));
        for (var sweep = 0; sweep < MostSweeps && OffDiagonal(a) > Negligible * total; sweep++)
        {
            for (var p = 0; p < n - 1; p++)
                for (var q = p + 1; q < n; q++) Rotate(a, vectors, p, q);
        }

        var order = Enumerable.Range(0, n).OrderByDescending(i => a[i][i]).ToArray();
        return (Array.ConvertAll(order, i => a[i][i]), Array.ConvertAll(order, i => vectors[i]));
    }

    private static double OffDiagonal(double[][] a)
    {
        double squares = 0;
        for (var p = 0; p < a.Length; p++)
            for (var q = p + 1; q < a.Length; q++) squares += a[p][q] * a[p][q];
        return Math.Sqrt(2 * squares);
    }

    private static void Rotate(double[][] a, double[][] vectors, int p, int q)
    {
        var (first, second, between) = (a[p][p], a[q][q], a[p][q]);
        if (between == 0) return;
        var ratio = (second - first) / (2 * between);
        var tangent = (ratio >= 0 ? 1 : -1) / (Math.Abs(ratio) + double.Hypot(1, ratio));
        var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
        var sine = tangent * cosine;

        Vectors.Rotate(a[p], a[q], cosine, sine);
        Vectors.Rotate(vectors[p], vectors[q], cosine, sine);
        // The columns are as the rows, but for the four where both meet.
        for (var k = 0; k < a.Length; k++) (a[k][p], a[k][q]) = (a[p][k], a[q][k]);
        (a[p][p], a[q][q]) = (first - tangent * between, second + tangent * between);
        a[p][q] = a[q][p] = 0;
    }
}
