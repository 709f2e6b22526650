using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Flotilla.Benchmarks.Harness;

/// <summary>What was asked on the command line.</summary>
/// <param name="Name">A benchmark, <c>all</c> or <c>micro</c>; null to list them.</param>
/// <param name="Runs">How often each is run.</param>
/// <param name="Json">A file to write the results to.</param>
/// <param name="Now">Does not wait for the machine to be quiet.</param>
/// <param name="Images">The folder of the roots that <c>images</c> imports; null for one below the temporary folder.</param>
/// <param name="Package">The package of Python that <c>inspect</c> inspects; null for Debian's Celery.</param>
internal sealed record Options(string? Name, int Runs, string? Json, bool Now, string? Images, string? Package)
{
    private const int RunsUsual = 5;

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Options? options, [NotNullWhen(false)] out string? mistake)
    {
        options = new Options(null, RunsUsual, null, false, null, null);
        mistake = null;
        for (var i = 0; i < arguments.Length && mistake is null; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--json" when value is not null:
                    options = options with { Json = value };
                    i++;
                    break;
                case "--images" when value is not null:
                    options = options with { Images = Path.GetFullPath(value) };
                    i++;
                    break;
                case "--package" when value is not null:
                    options = options with { Package = Path.GetFullPath(value) };
                    i++;
                    break;
                case "--now":
                    options = options with { Now = true };
                    break;
                case "--runs" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var runs) && runs > 0:
                    options = options with { Runs = runs };
                    i++;
                    break;
                case var name when !name.StartsWith('-') && options.Name is null:
                    options = options with { Name = name };
                    break;
                default:
                    mistake = $"\"{arguments[i]}\" is not understood. Say NAME [--runs N] [--now] [--json FILE] [--images FOLDER] [--package FOLDER].";
                    break;
            }
        }
        if (mistake is null) return true;
        options = null;
        return false;
    }
}
