using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Tools.Programs;

/// <summary>A tool that loads modules which add to what it finds; the inspected project may have them itself.</summary>
internal interface IExtensible
{
    /// <summary>The dotted names of those modules.</summary>
    IReadOnlyList<string> Plugins(SourceTree tree, ToolSettings settings);
}
