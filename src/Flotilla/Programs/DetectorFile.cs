using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Programs.Real;

namespace Flotilla.Programs;

/// <summary>Detectors of a user's own, from one C# file.</summary>
public static class DetectorFile
{
    private const string Suffix = "Detector";

    /// <summary>
    /// The detectors that a file declares, compiled against this Flotilla and loaded into this process:
    /// <list type="bullet">
    /// <item>each public class that implements <see cref="IDetector"/>, called by its name in snake case without the ending
    /// "Detector" (<c>LevelShiftDetector</c> is <c>level_shift</c>). The parameters of its constructor, each a double or an
    /// int with a default, are its settings; a sweep tries the half, the whole and the double of a default;</item>
    /// <item>each public static property that is a <see cref="DetectorDefinition"/>, as it is.</item>
    /// </list>
    /// </summary>
    /// <param name="file">The path of the file; <c>using Flotilla.Detection</c> need not stand in it.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <exception cref="ProblemException">
    /// There is no such file; it does not compile; there is no detector in it; one cannot be made without arguments, or has the
    /// name of another.
    /// </exception>
    public static async Task<IReadOnlyList<DetectorDefinition>> LoadAsync(string file, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
            throw new ProblemException(new Problem($"There is no file {file}.", Fix: "Name a C# file with a public class that implements IDetector."));
        var assembly = new AssemblyLoadContext(path).LoadFromAssemblyPath(await DetectorBuild.EnsureAsync(path, cancellationToken));
        return Definitions(assembly, path);
    }

    internal static IReadOnlyList<DetectorDefinition> Definitions(Assembly assembly, string path)
    {
        var where = new SourceLocation(path, 0);
        List<DetectorDefinition> definitions = [];
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (typeof(IDetector).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false })
                definitions.Add(Definition(type, where));
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == typeof(DetectorDefinition)))
                definitions.Add((DetectorDefinition)Calling($"{type.Name}.{property.Name}", where, () => property.GetValue(null, BindingFlags.DoNotWrapExceptions, null, null, null)!));
        }
        if (definitions.Count == 0)
            throw new ProblemException(new Problem("There is no detector in this file.", where, Fix: "Write a public class that implements IDetector."));
        foreach (var definition in definitions)
        {
            if (DetectorCatalog.All.Any(known => known.Name == definition.Name))
                throw new ProblemException(new Problem($"The detector {definition.Name} has the name of one that comes with Flotilla.", where, Fix: "Rename its class."));
            if (definitions.Count(other => other.Name == definition.Name) > 1)
                throw new ProblemException(new Problem($"Two detectors are called {definition.Name}.", where, Fix: "Rename one."));
        }
        return definitions;
    }

    private static DetectorDefinition Definition(Type type, SourceLocation where)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(
            type.Name.EndsWith(Suffix, StringComparison.Ordinal) && type.Name.Length > Suffix.Length ? type.Name[..^Suffix.Length] : type.Name);
        var constructor = type.GetConstructors()
            .Where(each => each.GetParameters().All(IsSetting))
            .MaxBy(each => each.GetParameters().Length)
            ?? throw new ProblemException(new Problem($"{type.Name} cannot be made: it has no public constructor whose parameters are all numbers with a default.", where,
                Fix: $"Give it one, such as public {type.Name}(double limit = 3)."));
        var parameters = constructor.GetParameters();
        var definition = Calling(type.Name, where, () => new DetectorDefinition(name, [.. parameters.Select(Setting)], values =>
            (IDetector)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. parameters.Select(parameter => Argument(parameter, values[SettingName(parameter)]))], null)));
        // A constructor that throws is a mistake to tell now, and once, not for each series.
        Calling(type.Name, where, definition.Create);
        return definition;
    }

    private static bool IsSetting(ParameterInfo parameter) =>
        parameter.HasDefaultValue && (parameter.ParameterType == typeof(double) || parameter.ParameterType == typeof(int));

    private static string SettingName(ParameterInfo parameter) => JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);

    private static DetectorSetting Setting(ParameterInfo parameter)
    {
        var whole = parameter.ParameterType == typeof(int);
        var value = Convert.ToDouble(parameter.DefaultValue, CultureInfo.InvariantCulture);
        double[] candidates = value == 0 ? [] : [value / 2, value, value * 2];
        return new(SettingName(parameter), value,
            whole ? [.. candidates.Where(candidate => candidate == Math.Floor(candidate))] : candidates,
            Min: value > 0 ? double.Epsilon : double.NegativeInfinity, Whole: whole);
    }

    private static object Argument(ParameterInfo parameter, double value)
    {
        if (parameter.ParameterType == typeof(int)) return (int)value;
        return value;
    }

    private static T Calling<T>(string what, SourceLocation where, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not ProblemException)
        {
            throw new ProblemException(new Problem($"{what} cannot be made with its defaults.", where, $"it threw {e.GetType().Name}: {e.Message}"), e);
        }
    }
}
