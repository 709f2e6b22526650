using Flotilla.Core;
using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Suppression;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Described;

namespace Flotilla.Inspection;

/// <summary>
/// A folder to inspect, and what it brings: profiles, the tools that <c>.flotilla/tools</c> describes, the rows that <c>.flotilla/defects.yaml</c> adds
/// to the table of defects.
/// </summary>
public sealed class InspectedFolder
{
    private const string DefectsFile = ".flotilla/defects.yaml";

    private readonly string _root;
    private readonly Func<string, string?> _environment;
    private readonly string? _cache;
    private readonly Lazy<Toolbox> _tools;

    /// <summary>Looks at a folder.</summary>
    /// <param name="root">The folder, absolute.</param>
    /// <param name="environment">Variables of the environment: the user's own folder, options.</param>
    /// <param name="keepResults">Whether results are kept in the user's cache for the next inspection.</param>
    public InspectedFolder(string root, Func<string, string?> environment, bool keepResults = true)
    {
        (_root, _environment) = (root, environment);
        _cache = keepResults ? InspectionRequest.UsualCacheFolder(environment) : null;
        _tools = new(() => ToolDescription.LoadAll(root).Aggregate(Toolbox.BuiltIn(_cache), (all, description) => all.With(description.ToTool())));
    }

    /// <summary>The tools of Flotilla and those that the folder describes.</summary>
    /// <exception cref="ProblemException">What describes a tool is broken.</exception>
    public Toolbox Tools => _tools.Value;

    /// <summary>Which names are one defect's, as the folder says now.</summary>
    /// <exception cref="ProblemException">The folder's rows are broken.</exception>
    public DefectNames Names()
    {
        var file = Path.Combine(_root, DefectsFile);
        return File.Exists(file) ? DefectNames.BuiltIn.With(File.ReadAllText(file), new SourceLocation(file, 0) { Shown = DefectsFile }) : DefectNames.BuiltIn;
    }

    /// <summary>What the folder, the environment and the user ask of the tools now.</summary>
    /// <param name="options">What the user says; stronger than all that is saved.</param>
    /// <param name="inspected">What in the folder is inspected, where that is one file or folder; null for all.</param>
    public Profile Profile(ProfileOptions options, string? inspected = null) => ProfileLoader.Load(new ProfileRequest(_root)
    {
        Inspected = inspected,
        Options = options,
        KnownTools = [.. Tools.Names, ToolChoice.ProfileValidator, Suppressor.Name],
        Environment = _environment,
        Home = _environment("HOME"),
        SitePackages = InspectionRequest.SitePackages(),
    });

    /// <summary>What to inspect by a profile.</summary>
    public InspectionRequest Request(Profile profile) => InspectionRequest.For(_root, profile) with { Tools = Tools, Names = Names(), CacheFolder = _cache };
}
