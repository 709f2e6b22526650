namespace Flotilla.Inspection.Changes.Real;

/// <summary>
/// Gives the base of a change what "dotnet restore" wrote into the working tree, so that its C# projects can be looked at without a restore of their own.
/// A project whose packages changed meanwhile is seen with those of now.
/// </summary>
internal static class RestoredProjects
{
    // A link in what is inspected may lead round in circles, or out of it.
    private static readonly EnumerationOptions NoLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
    private static readonly string[] Written = ["project.assets.json", "*.nuget.g.props", "*.nuget.g.targets"];

    /// <summary>Copies the files beside each project that both trees have.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var project in Directory.EnumerateFiles(to, "*.csproj", NoLinks))
        {
            var folder = Path.GetRelativePath(to, Path.GetDirectoryName(project)!);
            var restored = Path.Combine(from, folder, "obj");
            var target = Path.Combine(to, folder, "obj");
            if (!Directory.Exists(restored) || Directory.Exists(target)) continue;
            Directory.CreateDirectory(target);
            foreach (var pattern in Written)
                foreach (var file in Directory.EnumerateFiles(restored, pattern)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }
}
