namespace Flotilla.Inspection.Python;

/// <summary>The dotted name by which a file is imported, as far as its path tells.</summary>
internal static class PythonModule
{
    /// <summary>Whether a file is a module, or tells the types of one.</summary>
    public static bool Is(string path) => path.EndsWith(".py", StringComparison.Ordinal) || path.EndsWith(".pyi", StringComparison.Ordinal);

    /// <summary><c>shop/cart/__init__.py</c> is <c>shop.cart</c>.</summary>
    public static string Name(string path)
    {
        var name = Is(path) ? path[..path.LastIndexOf('.')] : path;
        if (name.EndsWith("/__init__", StringComparison.Ordinal)) name = name[..^"/__init__".Length];
        return name.TrimStart('/').Replace('/', '.');
    }
}
