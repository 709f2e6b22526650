using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Detection.Reports;

namespace Flotilla.Detection.Tests.Reports;

/// <summary>The colours of the page, light, dark and printed, against WCAG 2.2 and against colour blindness.</summary>
public sealed partial class PaletteTests
{
    public static TheoryData<string> Themes => ["light", "dark", "print"];

    [Theory]
    [MemberData(nameof(Themes))]
    public void Text_has_a_contrast_of_four_and_a_half_and_shapes_have_three(string theme)
    {
        var colours = Palette(theme);
        foreach (var text in (string[])["ink", "muted", "accent", "problem"]) Contrast(text, "page").ShouldBeGreaterThanOrEqualTo(4.5);
        foreach (var text in (string[])["ink", "muted"]) Contrast(text, "faint").ShouldBeGreaterThanOrEqualTo(4.5);
        // What became of an event is written on its shading.
        foreach (var ground in (string[])["event", "missed"]) Contrast("ink", ground).ShouldBeGreaterThanOrEqualTo(4.5);
        foreach (var shape in (string[])["line", "found", "alert", "muted"])
            foreach (var ground in (string[])["page", "event", "missed", "faint"])
                Contrast(shape, ground).ShouldBeGreaterThanOrEqualTo(3, $"{shape} on {ground}");

        double Contrast(string one, string other)
        {
            var (a, b) = (Luminance(colours[one]), Luminance(colours[other]));
            return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
        }
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Found_and_false_are_told_apart_without_red_green_or_blue(string theme)
    {
        var colours = Palette(theme);
        foreach (var (kind, sight) in s_sights)
            Distance(See(sight, colours["found"]), See(sight, colours["alert"])).ShouldBeGreaterThan(0.2, kind);
    }

    // Linear RGB as it is seen (G. Machado, M. Oliveira, L. Fernandes, IEEE TVCG 15(6), 2009, full severity).
    private static readonly (string Kind, double[][] Sight)[] s_sights =
    [
        ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
        ("deuteranopia", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
        ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
    ];

    private static Dictionary<string, double[]> Palette(string theme)
    {
        // The first block is the light one, then the dark one, then that for paper.
        var block = Root().Matches(ReportAssets.Style)[theme switch { "light" => 0, "dark" => 1, _ => 2 }].Value;
        return Variable().Matches(block).ToDictionary(match => match.Groups[1].Value, match => Linear(match.Groups[2].Value), StringComparer.Ordinal);
    }

    // sRGB to linear light, IEC 61966-2-1, as WCAG defines relative luminance.
    private static double[] Linear(string hex) =>
    [
        .. Enumerable.Range(0, 3).Select(i => int.Parse(hex.AsSpan(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)),
    ];

    private static double Luminance(double[] linear) => 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];

    private static double[] See(double[][] sight, double[] linear) =>
        [.. sight.Select(row => Math.Clamp(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2], 0, 1))];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));

    [GeneratedRegex(@":root \{[^}]*\}")]
    private static partial Regex Root();

    [GeneratedRegex(@"--([a-z]+): #([0-9a-f]{6});")]
    private static partial Regex Variable();
}
