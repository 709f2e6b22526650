using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Failures that resources share whose name is a path of the host.</summary>
public static class PathFailures
{
    /// <summary>Says what to declare when the directory above a resource is missing.</summary>
    /// <param name="resource">The file, directory, or the like.</param>
    /// <param name="action">What cannot be done, as a participle: <c>written</c>.</param>
    /// <param name="machine">Where.</param>
    /// <exception cref="ProblemException">It is missing, or no directory.</exception>
    public static void RequireParent(Resource resource, string action, IMachine machine)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(machine);
        var parent = PathRules.Parent(resource.Name);
        switch (machine.Stat(parent)?.Kind)
        {
            case null:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be {action}: directory {parent} does not exist.",
                    resource.Declared, Fix: $"Declare Directory(\"{parent}\")."));
            case FileKind.File or FileKind.Other:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be {action}: {parent} is not a directory.",
                    resource.Declared, Fix: "Move what is there away, or choose another path."));
        }
    }
}
