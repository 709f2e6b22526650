using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Core;

namespace Flotilla.Detection.Bench;

/// <summary>Results as files, in the JSON that <c>flotilla bench --output json</c> prints.</summary>
public static class BenchResultFile
{
    /// <summary>How a result is written as JSON: one line, snake case, what is null left out.</summary>
    public static JsonTypeInfo<BenchResult> JsonType => BenchJson.Default.BenchResult;

    /// <summary>Reads a result.</summary>
    /// <exception cref="ProblemException">There is no such file, or it is not a result.</exception>
    public static BenchResult Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Checked(JsonSerializer.Deserialize(stream, JsonType));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ProblemException(new Problem($"There is no file {path}.", Fix: "Write one: \"flotilla bench DIR --save FILE\"."), e);
        }
        catch (JsonException e)
        {
            throw new ProblemException(new Problem("This is not the result of a bench run.", new SourceLocation(path, (int)(e.LineNumber + 1 ?? 0)),
                Why: e.Message.Split(" Path: ")[0], Fix: "Write one: \"flotilla bench DIR --save FILE\"."), e);
        }
    }

    /// <summary>Writes a result; a file of that name is replaced once the new one is whole.</summary>
    public static void Write(string path, BenchResult result)
    {
        ArgumentNullException.ThrowIfNull(path);
        var temporary = path + ".new";
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        using (var stream = File.Create(temporary)) JsonSerializer.Serialize(stream, result, JsonType);
        File.Move(temporary, path, overwrite: true);
    }

    // What is not there at all comes as null, whatever the types say.
    private static BenchResult Checked(BenchResult? result)
    {
        if (result?.Series is null) throw new JsonException("It has no \"series\".");
        if (result.Series.Any(series => series.Name is null || series.Path is null || series.Detectors is null))
            throw new JsonException("A series lacks its \"name\", \"path\" or \"detectors\".");
        if (result.Series.SelectMany(series => series.Detectors).Any(detector => detector.Name is null || detector.Anomalies is null))
            throw new JsonException("A detector lacks its \"name\" or \"anomalies\".");
        return result;
    }
}
