using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Asks MSBuild what the compiler would be given, as editors do.</summary>
/// <remarks>
/// A design-time build evaluates the projects, which is MSBuild's own language, and runs their targets up to, and without,
/// the compiler; nothing that they build is started, and no target beyond is run. It writes what editors make it write into
/// a project's <c>obj</c> folder: global usings, assembly information and the analysers' configuration.
/// One MSBuild process answers for all projects, because its start costs more than a project does. The properties are those
/// of the design-time builds of the .NET project system
/// (<see href="https://github.com/dotnet/project-system/blob/main/docs/design-time-builds.md"/>).
/// </remarks>
internal static partial class DesignTimeBuild
{
    private const string Targets = """
        <Project>
          <PropertyGroup>
            <_FlotillaSteps Condition="'$(IsCrossTargetingBuild)' != 'true'">Compile;_FlotillaWrite</_FlotillaSteps>
            <_FlotillaSteps Condition="'$(IsCrossTargetingBuild)' == 'true'">_FlotillaEachFramework</_FlotillaSteps>
          </PropertyGroup>
          <Target Name="FlotillaArguments" DependsOnTargets="$(_FlotillaSteps)" />
          <Target Name="_FlotillaWrite">
            <ItemGroup>
              <_FlotillaOutput Include="@(ReferencePathWithRefAssemblies)" Condition="'%(ReferencePathWithRefAssemblies.ReferenceSourceTarget)' == 'ProjectReference'" />
            </ItemGroup>
            <PropertyGroup>
              <_FlotillaAnswer>$(FlotillaAnswers)/$([System.Guid]::NewGuid()).txt</_FlotillaAnswer>
            </PropertyGroup>
            <WriteLinesToFile File="$(_FlotillaAnswer)" Lines="project%09$(MSBuildProjectFullPath);framework%09$(TargetFramework);assets%09$(ProjectAssetsFile)" />
            <WriteLinesToFile File="$(_FlotillaAnswer)" Lines="@(CscCommandLineArgs->'argument%09%(Identity)')" />
            <WriteLinesToFile File="$(_FlotillaAnswer)" Lines="@(_FlotillaOutput->'output%09%(FullPath)%09%(MSBuildSourceProjectFile)')" />
            <WriteLinesToFile File="$(_FlotillaAnswer)" Lines="@(ProjectReference->'reference%09%(FullPath)%09%(ReferenceOutputAssembly)%09%(OutputItemType)')" />
            <WriteLinesToFile File="$(_FlotillaAnswer)" Lines="@(PackageReference->'package%09%(Identity)')" />
            <WriteLinesToFile File="$(_FlotillaAnswer)" Lines="@(FrameworkReference->'frameworkreference%09%(Identity)')" />
          </Target>
          <Target Name="_FlotillaEachFramework">
            <ItemGroup><_FlotillaFramework Include="$(TargetFrameworks)" /></ItemGroup>
            <MSBuild Projects="$(MSBuildProjectFullPath)" Targets="FlotillaArguments" Properties="TargetFramework=%(_FlotillaFramework.Identity)" />
          </Target>
        </Project>
        """;

    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal)
    {
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["MSBUILDTERMINALLOGGER"] = "off",
    };

    /// <summary>Answers for projects and file-based programs, in no order; who gets none has a problem.</summary>
    /// <param name="machine">Runs <c>dotnet</c>.</param>
    /// <param name="root">Where it runs, so that the <c>global.json</c> of the inspected tree chooses the SDK.</param>
    /// <param name="projects">Project files (<c>.csproj</c>) and file-based programs (<c>.cs</c>), absolute.</param>
    /// <param name="properties">MSBuild properties beyond those that make the build a design-time build.</param>
    /// <param name="parallelism">How many programs may run at once.</param>
    /// <param name="timeout">After which a program is killed.</param>
    /// <param name="cancellationToken">Kills what runs.</param>
    public static async Task<(IReadOnlyList<ProjectAnswer> Answers, IReadOnlyList<Problem> Problems)> AskAsync(
        IMachine machine,
        string root,
        IReadOnlyList<string> projects,
        IReadOnlyDictionary<string, string> properties,
        int parallelism,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-inspect-").FullName;
        try
        {
            var answers = Path.Combine(folder, "answers");
            Directory.CreateDirectory(answers);
            var targets = Path.Combine(folder, "flotilla.targets");
            await File.WriteAllTextAsync(targets, Targets, cancellationToken).ConfigureAwait(false);
            var all = AllProperties(properties, answers, targets);
            var said = new Dictionary<string, CommandResult>(StringComparer.Ordinal);

            var files = projects.Where(IsProgram).ToArray();
            var listed = projects.Where(project => !IsProgram(project)).ToArray();
            if (listed.Length > 0)
            {
                var list = Path.Combine(folder, "flotilla.proj");
                await File.WriteAllTextAsync(list, List(listed, all), cancellationToken).ConfigureAwait(false);
                string[] arguments = ["msbuild", list, "-t:Ask", "-nologo", "-v:q", "-nr:false", $"-m:{Nodes(parallelism, listed.Length)}"];
                var result = await RunAsync(machine, root, arguments, timeout, cancellationToken).ConfigureAwait(false);
                foreach (var project in listed) said[project] = result;
            }
            foreach (var file in files)
            {
                // Only `dotnet build` knows the virtual project of a file-based program.
                string[] arguments =
                [
                    "build", file, "--no-restore", "-t:FlotillaArguments", "-nologo", "-v:q",
                    .. all.Select(property => $"-p:{property.Key}={Escaped(property.Value)}"),
                ];
                said[file] = await RunAsync(machine, root, arguments, timeout, cancellationToken).ConfigureAwait(false);
            }

            var found = Directory.GetFiles(answers, "*.txt")
                .SelectMany(path => ProjectAnswer.Parse(File.ReadAllLines(path)))
                .OrderBy(answer => answer.Project, StringComparer.Ordinal)
                .ThenBy(answer => answer.Framework, StringComparer.Ordinal)
                .ToArray();
            // A design-time build passes over what restore would have brought, and would leave its types unknown.
            var unrestored = found.Where(answer => !IsRestored(answer)).Select(answer => answer.Project).ToHashSet(StringComparer.Ordinal);
            var answered = found.Where(answer => answer.Arguments.Count > 0 && !unrestored.Contains(answer.Project)).ToArray();
            var has = answered.Select(answer => answer.Project).ToHashSet(StringComparer.Ordinal);
            var problems = projects.Where(project => !has.Contains(project))
                .Select(project => unrestored.Contains(project) ? Unrestored(project, root, "Its obj folder has no result of a restore, or one that is older than its packages.") : Unanswered(project, root, said[project]))
                .ToArray();
            return (answered, problems);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>True for a file-based program, as opposed to a project file.</summary>
    public static bool IsProgram(string path) => path.EndsWith(".cs", StringComparison.Ordinal);

    private static Task<CommandResult> RunAsync(IMachine machine, string root, string[] arguments, TimeSpan timeout, CancellationToken cancellationToken) =>
        machine.RunAsync(new Command("dotnet", arguments, Timeout: timeout, Environment: Environment, WorkingDirectory: root), cancellationToken);

    // A second MSBuild process pays for its start only over some dozens of projects.
    private static int Nodes(int parallelism, int projects) => Math.Clamp(projects / 40, 1, Math.Max(1, parallelism));

    private static SortedDictionary<string, string> AllProperties(IReadOnlyDictionary<string, string> properties, string answers, string targets)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["DesignTimeBuild"] = "true",
            ["BuildingInsideVisualStudio"] = "true",
            ["BuildProjectReferences"] = "false",
            ["SkipCompilerExecution"] = "true",
            ["ProvideCommandLineArgs"] = "true",
            ["RunAnalyzers"] = "true",
            ["RunAnalyzersDuringBuild"] = "true",
            ["EnforceCodeStyleInBuild"] = "true",
            ["CustomAfterMicrosoftCommonTargets"] = targets,
            ["CustomAfterMicrosoftCommonCrossTargetingTargets"] = targets,
            ["FlotillaAnswers"] = answers,
        };
        foreach (var (name, value) in properties) all[name] = value;
        return all;
    }

    private static string List(string[] projects, SortedDictionary<string, string> properties) =>
        new XElement(
            "Project",
            new XElement(
                "Target",
                new XAttribute("Name", "Ask"),
                new XElement("ItemGroup", projects.Select(project => new XElement("_Asked", new XAttribute("Include", Escaped(project))))),
                new XElement(
                    "MSBuild",
                    new XAttribute("Projects", "@(_Asked)"),
                    new XAttribute("Targets", "FlotillaArguments"),
                    new XAttribute("BuildInParallel", "true"),
                    new XAttribute("ContinueOnError", "true"),
                    new XAttribute("Properties", string.Join(';', properties.Select(property => $"{property.Key}={Escaped(property.Value)}")))))).ToString();

    // MSBuild's special characters, as the reference of its escapes lists them.
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
            if ("%$@'();?*".Contains(character, StringComparison.Ordinal)) escaped.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}");
            else escaped.Append(character);
        return escaped.ToString();
    }

    private static bool IsRestored(ProjectAnswer answer)
    {
        if (answer.AssetsFile.Length == 0) return true;
        if (!File.Exists(answer.AssetsFile)) return false;
        var assets = File.ReadAllText(answer.AssetsFile);
        return answer.Packages.All(package => assets.Contains($"\"{package}\"", StringComparison.OrdinalIgnoreCase));
    }

    private static Problem Unrestored(string project, string root, string why)
    {
        var shown = Path.GetRelativePath(root, project).Replace('\\', '/');
        return new Problem($"{shown} was not analysed: it is not restored.", new SourceLocation(project, 0) { Shown = shown }, why, $"Run: dotnet restore {shown}");
    }

    private static Problem Unanswered(string project, string root, CommandResult result)
    {
        var shown = Path.GetRelativePath(root, project).Replace('\\', '/');
        var where = new SourceLocation(project, 0) { Shown = shown };
        if (result.ExitCode == 127)
            return new Problem($"{shown} was not analysed: dotnet is not there.", where, result.Error.Trim(), "Install the .NET SDK and put dotnet into PATH.");
        if (result.ExitCode == 124)
            return new Problem($"{shown} was not analysed: its design-time build took too long.", where, Fix: "Give the tool a longer timeout.");
        var text = result.Output + "\n" + result.Error;
        var lines = text.Split('\n').Where(line => Diagnostic().IsMatch(line)).ToArray();
        var own = lines.Where(line => line.Contains(project, StringComparison.Ordinal)).ToArray();
        var message = (own.Length > 0 ? own : lines).FirstOrDefault()?.Trim() ?? Last(text);
        var code = Diagnostic().Match(message).Groups["code"].Value;
        var why = Diagnostic().Match(message) is { Success: true } match ? $"MSBuild says {code}: {Text(match.Groups["text"].Value)}" : $"MSBuild says: {message}";
        // NETSDK1004: no assets file; NETSDK1005, NETSDK1047: the file is of another target; NETSDK1064: a package is gone.
        return code is "NETSDK1004" or "NETSDK1005" or "NETSDK1047" or "NETSDK1064"
            ? Unrestored(project, root, why)
            : new Problem($"{shown} was not analysed: its design-time build fails.", where, why, $"Run: dotnet build {shown}, and mend what it reports.");
    }

    private static string Text(string message)
    {
        var end = message.LastIndexOf(" [", StringComparison.Ordinal);
        return (end > 0 ? message[..end] : message).Trim();
    }

    private static string Last(string text) => text.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) ?? "nothing.";

    [GeneratedRegex(@"(error|warning) (?<code>[A-Z]+\d+): (?<text>.*)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Diagnostic();
}
