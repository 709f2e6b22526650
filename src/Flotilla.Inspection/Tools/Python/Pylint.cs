using System.Globalization;
using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>
/// Errors, smells and conventions, by pylint. Its messages about cycles of imports and about similar code depend on which files one process
/// sees and in which order: cycles come from <see cref="ImportCycles"/> instead, similar code is left out, as in Prospector.
/// </summary>
internal sealed partial class Pylint : ProgramTool, IExtensible
{
    private static readonly (string File, Func<string, bool> Section)[] OwnFiles =
    [
        ("pylintrc", _ => true), (".pylintrc", _ => true),
        ("pyproject.toml", section => section.StartsWith("tool.pylint", StringComparison.Ordinal)),
        ("setup.cfg", section => section.StartsWith("pylint", StringComparison.Ordinal)),
    ];

    // Lists of codes are written for many versions: one that this version has not is no mistake of the code's author.
    private const string AboutItself = "unknown-option-value,useless-option-value,bad-option-value";

    public override string Name => "pylint";

    public override string Description => "errors, smells, conventions";

    public override string Install => "apt install pylint, or pip install pylint";

    public override ToolScope Scope => ToolScope.Imports;

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.Options.GetValueOrDefault("config_file") is string chosen ? [Path.GetFullPath(chosen, tree.Root)]
        : settings.ExternalConfiguration ? [.. OwnFiles.Select(own => Path.Combine(tree.Root, own.File))] : [];

    public IReadOnlyList<string> Plugins(SourceTree tree, ToolSettings settings) =>
        [.. (IEnumerable<string>)[.. settings.LoadPlugins, .. Reads(tree, settings).SelectMany(file => OwnConfiguration.Names(file, LoadPlugins)), .. settings.Options.TryGetValue(LoadPlugins, out var chosen) ? OptionText.Of(chosen).Split(',') : []]];

    private const string LoadPlugins = "load-plugins";

    // They share what was read only until Python counts its references: then each holds a copy of most of it.
    private const int ProcessesMax = 4;

    private static readonly string Driver = Resources.Text("drivers/pylint.py");

    private string? _interpreter;

    protected override async Task<CommandResult> StartAsync(ToolRun run, IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        // The program's own interpreter runs it, so that it is the same pylint.
        if ((_interpreter ??= Interpreters.Of(Name)) is not { } python) return await base.StartAsync(run, WithRoots(run.Tree, files), cancellationToken);
        return await run.Machine.RunAsync(new Command(python, ["-c", Driver, Math.Min(run.Parallelism, ProcessesMax).ToString(CultureInfo.InvariantCulture), .. Arguments(run), .. WithRoots(run.Tree, files).Select(file => ToolPaths.Argument(file.Path))],
            Timeout: run.Timeout, Environment: PlainEnvironment, WorkingDirectory: run.Tree.Root) { OutputMax = OutputMax }, cancellationToken);
    }

    // pylint looks for modules in the folders that its files are imported from, in their order. A few of the files are to find the same modules as all
    // of them do, so every folder has a file there; what is said of one that was not asked about is left out.
    private static List<SourceFile> WithRoots(SourceTree tree, IReadOnlyList<SourceFile> files)
    {
        var asked = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return [.. PackageRoots.Files(tree).SelectMany(root => root.Where(file => asked.Contains(file.Path)).ToList() is { Count: > 0 } some ? some : [root.MinBy(file => new FileInfo(file.FullPath) is { Exists: true } there ? there.Length : long.MaxValue)!])];
    }

    // It tells of a crash over one file on standard error, and goes on with the next; the file has a finding.
    protected override bool Crashed(CommandResult result) => base.Crashed(result) && !result.Output.TrimStart().StartsWith('[');

    protected override IReadOnlyList<string> Arguments(ToolRun run)
    {
        var settings = run.Settings;
        var (file, said) = Own(run.Tree, settings);
        var arguments = new List<string>
        {
            "--output-format=json", "--persistent=n", "--score=n", "--reports=n", "--jobs=1", $"--rcfile={file ?? "/dev/null"}",
            $"--disable={AboutItself}",
        };
        var plugins = settings.LoadPlugins.Concat(FrameworkPlugins(settings.Uses)).Distinct(StringComparer.Ordinal).ToList();
        if (plugins.Count > 0) arguments.Add($"--load-plugins={string.Join(',', plugins)}");
        if (settings.Disable.Count > 0) arguments.Add($"--disable={string.Join(',', settings.Disable)}");
        if (settings.Enable.Count > 0) arguments.Add($"--enable={string.Join(',', settings.Enable)}");
        arguments.Add("--disable=duplicate-code,cyclic-import");
        // Where the framework is not installed beside pylint the plugin knows less; that is no mistake of the code's author.
        if (plugins.Contains("pylint_django") && !settings.LoadPlugins.Contains("pylint_django")) arguments.Add("--disable=django-not-available,django-not-available-placeholder");
        arguments.Add("--enable=suppressed-message,useless-suppression,file-ignored");
        foreach (var (name, value) in settings.Options.Where(option => !said.Contains(option.Key.Replace('_', '-')) && IsOption(option.Key)))
            arguments.Add($"--{name}={OptionText.Of(value)}");
        arguments.Add("--");
        return arguments;
    }

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        if (string.IsNullOrWhiteSpace(result.Output)) yield break;
        using var messages = JsonDocument.Parse(result.Output[Math.Max(0, result.Output.IndexOf('['))..]);
        foreach (var message in messages.RootElement.EnumerateArray())
        {
            var path = paths.Of(message.GetProperty("path").GetString()!);
            var kind = message.GetProperty("type").GetString();
            if (!paths.Has(path) && kind != "fatal") continue;
            yield return new Finding(Name, message.GetProperty("symbol").GetString()!, FirstLine(message.GetProperty("message").GetString()!),
                new FindingLocation(path, message.GetProperty("line").GetInt32(), message.GetProperty("column").GetInt32() + 1)
                {
                    EndLine = Number(message, "endLine"),
                    EndColumn = Number(message, "endColumn") + 1,
                    Module = message.GetProperty("module").GetString(),
                    Function = message.GetProperty("obj").GetString() is { Length: > 0 } function ? function : null,
                })
            {
                Severity = kind switch { "error" or "fatal" => Severity.Error, "warning" => Severity.Warning, _ => Severity.Note },
            };
        }
    }

    // The exit code is a mask: 1 is a file that could not be looked at (its finding says why), 32 a use that pylint did not understand.
    protected override string? Failed(CommandResult result) => (result.ExitCode & 32) != 0 ? result.Error + result.Output : null;

    // That of a crash has the whole report in it, and where a copy of it lies, which is another place each time.
    private static string FirstLine(string message) => message.Split('\n')[0].Split(" There is a pre-filled template")[0];

    private static int? Number(JsonElement message, string name) =>
        message.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetInt32() : null;

    // What Prospector's users write for Prospector and not for pylint.
    private static bool IsOption(string name) => name is not ("config_file" or "use_pylint_default_path_finder");

    private static (string? File, IReadOnlySet<string> Said) Own(SourceTree tree, ToolSettings settings)
    {
        if (settings.Options.GetValueOrDefault("config_file") is string chosen) return (Path.GetFullPath(chosen, tree.Root), OwnConfiguration.Options(Path.GetFullPath(chosen, tree.Root), _ => true));
        if (settings.ExternalConfiguration)
            foreach (var (name, takes) in OwnFiles)
            {
                var path = Path.Combine(tree.Root, name);
                if (OwnConfiguration.Options(path, takes) is { Count: > 0 } said) return (path, said);
            }
        return (null, new HashSet<string>());
    }

    private static IEnumerable<string> FrameworkPlugins(IReadOnlyList<string> uses) =>
        uses.Where(name => name is "django" or "celery" or "flask").Where(name => PluginThere($"pylint_{name}")).Select(name => $"pylint_{name}");

    // Asking pylint for a plugin that is not installed is an error of its own.
    private static bool PluginThere(string module) =>
        Interpreters.PackageFolders().Any(folder => Directory.Exists(Path.Combine(folder, module)) || File.Exists(Path.Combine(folder, module + ".py")));
}
