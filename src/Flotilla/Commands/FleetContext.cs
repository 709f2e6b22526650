using Flotilla.Console;

namespace Flotilla.Commands;

/// <summary>What a command of a fleet works with.</summary>
internal sealed record FleetContext(Fleet Fleet, Terminal Terminal, Interruption Interruption, string Folder);
