using System.Runtime.CompilerServices;
using Flotilla.Core;
using Flotilla.Running;

namespace Flotilla;

/// <summary>Images, as words of a role.</summary>
public static class RoleImages
{
    /// <summary>The files of an image as a folder of the host.</summary>
    /// <remarks>
    /// In simulation the version is noted and no file is laid down: what a handler reads of the image, <see cref="Role.Simulate"/> puts there.
    /// </remarks>
    /// <param name="role">The role whose hosts have it.</param>
    /// <param name="image">The image, pinned: what <see cref="Fleet.Image"/> gives.</param>
    /// <param name="at">The folder: absolute.</param>
    /// <param name="graph">
    /// The folder of the graph on the machine where the fleet's program runs, absolute or relative to the fleet's folder; null for
    /// <c>.flotilla/images</c> or <c>graph</c> there or above.
    /// </param>
    /// <param name="absent">True when the folder must not be there.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static ImageResource Image(this Role role, FleetImage image, string at, string? graph = null, bool absent = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(image);
        return role.Add(new ImageResource(image, at) { Graph = graph, IsAbsent = absent, Declared = new SourceLocation(file, line) }, ImageProvider.OfMachines);
    }
}
