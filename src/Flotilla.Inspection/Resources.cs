namespace Flotilla.Inspection;

/// <summary>The files inside of this library.</summary>
internal static class Resources
{
    /// <summary>The text of one.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
