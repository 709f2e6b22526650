namespace Flotilla.Inspection.Python;

/// <summary>The dotted name by which a file is imported, as far as its path tells.</summary>
internal static class PythonModule
{
    /// <summary><c>shop/cart/__init__.py</c> is <c>shop.cart</c>.</summary>
    public static string Name(string path)
    {
        var name = path.EndsWith(".py", StringComparison.Ordinal) ? path[..^3] : path;
        if (name.EndsWith("/__init__", StringComparison.Ordinal)) name = name[..^"/__init__".Length];
        return name.TrimStart('/').Replace('/', '.');
    }
}
