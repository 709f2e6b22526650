namespace Flotilla.Benchmarks.Harness;

/// <summary>The command as <c>./flotilla</c> starts it, after the script has seen to it that it is built.</summary>
internal static class FlotillaProgram
{
    /// <summary>What <c>dotnet</c> runs.</summary>
    public static string Dll => Path.Combine(Repository.Root, "src/Flotilla.Cli/bin/Release/net10.0/publish/Flotilla.Cli.dll");

    /// <summary>What builds it, if it is not built.</summary>
    public static string Script => Path.Combine(Repository.Root, "flotilla");
}
