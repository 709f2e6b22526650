using System.Text.Json;
using Flotilla.Core;

namespace Flotilla.Detection.Bench;

/// <summary>
/// Frozen settings of detectors as a file:
/// <c>{"detectors":[{"name":"robust_z","settings":{"limit":6},"threshold":1.2,"silence":36}],"note":"…"}</c>. What a reader
/// does not know it leaves alone; <c>settings</c>, <c>threshold</c> (1), <c>silence</c> (0) and <c>note</c> may be left out.
/// </summary>
public sealed class DetectorSettingsFile
{
    private readonly string? _file;

    /// <summary>Settings to be written or applied.</summary>
    /// <param name="detectors">Each detector once.</param>
    /// <param name="note">Where they come from, for a reader.</param>
    public DetectorSettingsFile(IReadOnlyList<DetectorSettings> detectors, string? note = null) : this(detectors, note, null) { }

    private DetectorSettingsFile(IReadOnlyList<DetectorSettings> detectors, string? note, string? file)
    {
        ArgumentNullException.ThrowIfNull(detectors);
        Detectors = detectors;
        Note = note;
        _file = file;
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DetectorSettings> Detectors { get; }

    /// <summary>Where they come from, for a reader; null for nothing.</summary>
    public string? Note { get; }

    private SourceLocation? Where => _file is null ? null : new(_file, 0);

    /// <summary>Reads a file of settings.</summary>
    /// <exception cref="ProblemException">No such file, no JSON, another shape, a detector twice.</exception>
    public static DetectorSettingsFile Read(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var shape = Parse(file);
        var where = new SourceLocation(file, 0);
        if (shape.Detectors is null)
            throw new ProblemException(new Problem("There is no list \"detectors\".", where, Fix: "Write the file with \"flotilla bench sweep --save\"."));
        var problems = new List<Problem>();
        var detectors = new List<DetectorSettings>();
        foreach (var (index, detector) in shape.Detectors.Index())
        {
            if (detector?.Name is not { } name) problems.Add(new($"Detector {index + 1} has no name.", where, Fix: "Give each detector its name."));
            else if (detectors.Exists(other => other.Name == name)) problems.Add(new($"The detector {name} stands there twice.", where, Fix: "Remove one."));
            else detectors.Add(new(name, detector.Settings ?? [], detector.Threshold ?? 1, detector.Silence ?? 0));
        }
        return problems.Count == 0 ? new(detectors, shape.Note, file) : throw new ProblemException(problems);
    }

    /// <summary>Writes the file as a whole, or leaves the one that was there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var shape = new SettingsShape(
            [.. Detectors.Select(detector => new SettingsShape.Detector(detector.Name, new(detector.Settings), detector.Threshold, detector.Silence))], Note);
        var temporary = file + ".new";
        try
        {
            File.WriteAllText(temporary, JsonSerializer.Serialize(shape, SettingsJson.Default.SettingsShape) + "\n");
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The definitions with what the file says of them; those that it does not name stay as they are.</summary>
    /// <param name="definitions">The detectors that will be used.</param>
    /// <param name="known">Others that the file may name; the detectors of <see cref="DetectorCatalog"/> always may.</param>
    /// <exception cref="ProblemException">A detector that there is not, a setting that it has not, a value that cannot be; all at once.</exception>
    public IReadOnlyList<DetectorDefinition> Apply(IReadOnlyList<DetectorDefinition> definitions, IReadOnlyList<DetectorDefinition>? known = null)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        IReadOnlyList<DetectorDefinition> all = [.. definitions, .. known ?? [], .. DetectorCatalog.All];
        var problems = Detectors.SelectMany(settings => Check(settings, all)).ToList();
        if (problems.Count > 0) throw new ProblemException(problems);
        return [.. definitions.Select(definition =>
            Detectors.FirstOrDefault(settings => settings.Name == definition.Name) is { } settings ? settings.Apply(definition) : definition)];
    }

    private IEnumerable<Problem> Check(DetectorSettings settings, IReadOnlyList<DetectorDefinition> all)
    {
        if (all.FirstOrDefault(definition => definition.Name == settings.Name) is { } definition) return settings.Check(definition, Where);
        string[] names = [.. all.Select(each => each.Name).Distinct()];
        var near = Suggestion.For(settings.Name, names) is { } suggestion ? $"Did you mean \"{suggestion}\"? " : "";
        return [new($"There is no detector \"{settings.Name}\".", Where, Fix: $"{near}Run \"flotilla bench detectors\" for the list.")];
    }

    private static SettingsShape Parse(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), SettingsJson.Default.SettingsShape) ?? new(null);
        }
        catch (JsonException e)
        {
            var where = new SourceLocation(file, (int)(e.LineNumber ?? 0) + 1);
            var path = e.Path is null or "$" ? "" : $"It goes wrong at {e.Path}.";
            throw new ProblemException(new Problem("These are no detector settings.", where, path.Length > 0 ? path : null,
                """Write {"detectors":[{"name":"robust_z","settings":{"limit":6},"threshold":1.2,"silence":36}]}."""), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The detector settings {file} cannot be read.", Why: e.Message, Fix: "Write them with \"flotilla bench sweep --save\"."), e);
        }
    }
}
