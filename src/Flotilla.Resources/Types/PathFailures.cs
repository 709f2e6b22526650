using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Failures that files and directories share.</summary>
internal static class PathFailures
{
    /// <summary>Says what to declare when the directory above a resource is missing.</summary>
    /// <param name="resource">The file or directory.</param>
    /// <param name="action">What cannot be done, as a participle: <c>written</c>.</param>
    /// <param name="machine">Where.</param>
    public static void RequireParent(Resource resource, string action, IMachine machine)
    {
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
