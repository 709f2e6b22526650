using System.Reflection;
using Flotilla.Testing;

namespace Flotilla.Tests.Architecture;

/// <summary>Habits that hold everywhere.</summary>
public sealed class ConventionTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(Fleet).Assembly, typeof(Core.Problem).Assembly, typeof(Console.Terminal).Assembly, typeof(Events.IEventBus).Assembly,
        typeof(Detection.IDetector).Assembly, typeof(Resources.Resource).Assembly, typeof(Apps.IEngine).Assembly, typeof(Images.ImageGraph).Assembly,
    ];

    [Fact]
    public void The_public_surface_is_as_recorded() => PublicSurface.IsAsRecorded(typeof(Fleet).Assembly);

    [Fact]
    public void An_async_method_takes_its_cancellation_token_last()
    {
        var wrong = from assembly in Assemblies
                    from type in assembly.GetExportedTypes()
                    where !type.IsSubclassOf(typeof(Delegate))
                    from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                    let tokens = method.GetParameters().Select((parameter, index) => (parameter, index)).Where(entry => entry.parameter.ParameterType == typeof(CancellationToken)).ToList()
                    where tokens.Count > 0 && tokens[^1].index != method.GetParameters().Length - 1
                    select $"{type.Name}.{method.Name}";
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Sources_speak_of_no_machine_and_hold_no_promises()
    {
        var wrong = from file in Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
                    where !file.Contains("/obj/")
                    from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
                    where line.text.Contains("TODO") || line.text.Contains("FIXME") || line.text.Contains("NotImplementedException") || line.text.Contains("Thread.Sleep")
                    select $"{Path.GetRelativePath(Repository.Root, file)}({line.number}): {line.text.Trim()}";
        wrong.ShouldBeEmpty();
    }
}
