using System.Diagnostics.CodeAnalysis;
using Flotilla.Events.Tests;

/// <summary>
/// What .NET calls before the test framework, when it is told to by the environment (host-startup-hook.md of dotnet/runtime). An
/// initializer of the module would not do: until it ends, no other thread runs code of this program.
/// </summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for it outside all namespaces.")]
internal static class StartupHook
{
    public static void Initialize() => DoomedProgram.RunIfAsked();
}
