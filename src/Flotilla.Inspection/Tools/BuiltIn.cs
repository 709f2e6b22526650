namespace Flotilla.Inspection.Tools;

/// <summary>The version of the tools that are part of this library.</summary>
internal static class BuiltIn
{
    /// <summary>What is shown for a version.</summary>
    public const string Name = "built in";

    /// <summary>The module's identity: it changes with each build, so that no cache outlives the rules it was made by.</summary>
    public static string Version { get; } = typeof(BuiltIn).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..12];
}
