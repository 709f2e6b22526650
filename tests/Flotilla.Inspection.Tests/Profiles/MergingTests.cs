using Flotilla.Inspection.Profiles;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class MergingTests
{
    private static readonly string[] Codes = ["missing-docstring", "missing-class-docstring", "missing-function-docstring", "missing-module-docstring", "unused-import", "no-member"];

    private static Gen<ListSetting> Lists(params string[] words) =>
        from items in Gen.SubListOf(words)
        from replaces in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new ListSetting([.. items], replaces);

    // A file that names a code in both lists contradicts itself, and no law is asked of it.
    private static readonly Gen<ToolLayer> Tools =
        from run in Gen.Elements(null, (bool?)true, false)
        from depth in Gen.Elements(null, (long?)1, 2)
        from inner in Gen.Elements(null, (long?)1, 2)
        from enable in Gen.SubListOf(Codes)
        from disable in Gen.SubListOf(Codes)
        from plugins in Gen.Elements(null, "a", "b")
        let options = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        select new ToolLayer
        {
            Run = run,
            Options = Filled(options, depth, inner),
            Enable = new ListSetting(ToolCodes.Joined("pylint", enable)),
            Disable = new ListSetting(ToolCodes.Joined("pylint", ToolCodes.Without("pylint", [.. disable], [.. enable]))),
            LoadPlugins = plugins is null ? null : [plugins],
        };

    private static readonly Arbitrary<ProfileLayer> Layers = (
        from strictness in Gen.Elements(null, "high", "low")
        from doc in Gen.Elements(null, (bool?)true, false)
        from length in Gen.Elements(null, (int?)80, 120)
        from pep8 in Gen.Elements(null, "full", "none")
        from paths in Lists("a", "b", "c")
        from patterns in Lists("x", "y")
        from hasTool in Gen.Elements(true, false)
        from tool in Tools
        select new ProfileLayer
        {
            Strictness = strictness,
            DocWarnings = doc,
            MaxLineLength = length,
            Pep8 = pep8,
            IgnorePaths = paths,
            IgnorePatterns = patterns,
            Tools = hasTool ? new SortedDictionary<string, ToolLayer>(StringComparer.Ordinal) { ["pylint"] = tool } : new SortedDictionary<string, ToolLayer>(StringComparer.Ordinal),
        }).ToArbitrary();

    [Fact]
    public void Merging_is_associative() =>
        Prop.ForAll(Layers, Layers, Layers, (a, b, c) => Shape(a.Over(b).Over(c)) == Shape(a.Over(b.Over(c)))).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void An_empty_profile_changes_nothing() =>
        Prop.ForAll(Layers, a => Shape(a.Over(new ProfileLayer())) == Shape(a) && Shape(new ProfileLayer().Over(a)) == Shape(a)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_child_says_holds() =>
        Prop.ForAll(Layers, Layers, (child, parent) =>
        {
            var merged = child.Over(parent);
            return (child.Strictness is null || merged.Strictness == child.Strictness)
                && (child.DocWarnings is null || merged.DocWarnings == child.DocWarnings)
                && (child.MaxLineLength is null || merged.MaxLineLength == child.MaxLineLength)
                && child.IgnorePaths.Items.All(merged.IgnorePaths.Items.Contains)
                && (child.IgnorePaths.Replaces || parent.IgnorePaths.Items.All(merged.IgnorePaths.Items.Contains));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Enabling_undoes_a_parents_disabling_and_the_other_way_round() =>
        Prop.ForAll(Tools.ToArbitrary(), Tools.ToArbitrary(), (child, parent) =>
        {
            var merged = child.Over(parent, "pylint");
            return !ToolCodes.Without("pylint", merged.Disable.Items, child.Enable.Items).Except(merged.Disable.Items).Any()
                && child.Enable.Items.All(code => !merged.Disable.Items.Contains(code))
                && child.Disable.Items.All(code => !merged.Enable.Items.Contains(code))
                && ToolCodes.Joined("pylint", merged.Enable.Items).SequenceEqual(merged.Enable.Items);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Codes_that_replace_drop_what_is_inherited()
    {
        var child = new ToolLayer { Disable = new ListSetting(["a"], Replaces: true), Enable = new ListSetting([], Replaces: true) };
        var merged = child.Over(new ToolLayer { Disable = new ListSetting(["b"]), Enable = new ListSetting(["c"]) }, "mypy");
        merged.Disable.Items.ShouldBe(["a"]);
        merged.Enable.Items.ShouldBeEmpty();
    }

    [Fact]
    public void Enabling_one_of_the_docstring_codes_leaves_the_other_two_disabled()
    {
        var child = new ToolLayer { Enable = new ListSetting(["missing-function-docstring"]) };
        var parent = new ToolLayer { Disable = new ListSetting(["missing-docstring"]) };
        child.Over(parent, "pylint").Disable.Items.ShouldBe(["missing-class-docstring", "missing-module-docstring"]);
    }

    [Fact]
    public void A_merged_profile_written_and_read_again_is_the_same() =>
        Prop.ForAll(Layers, layer =>
        {
            var file = new ProfileReader("x", "/x/x.yaml", ["pylint"], new ProfileFindings("/x", "/x"));
            var full = layer with { Strictness = layer.Strictness ?? "none", DocWarnings = layer.DocWarnings ?? false, TestWarnings = false, MemberWarnings = true, Autodetect = true };
            return Shape(file.Read(SafeYaml.Load("/x/x.yaml", "x.yaml", ProfileWriter.Write(full))).Layer) == Shape(full);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_scalar_written_and_read_again_is_the_same() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            // YAML is made of characters; half a surrogate pair is none.
            var value = string.Concat(text.Get.EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
            return SafeYaml.Load("x", "x", "- " + YamlScalar.Write(value))!.Items![0].Scalar is string read && read == value;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("yes")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("1.5")]
    [InlineData("~")]
    [InlineData("!replace")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData(" a")]
    [InlineData("*")]
    [InlineData("\u0085\u2028\ufeff")]
    [InlineData("line\nline\t\"\\")]
    public void Text_that_looks_like_something_else_stays_text(string text) =>
        SafeYaml.Load("x", "x", "- " + YamlScalar.Write(text))!.Items![0].Scalar.ShouldBe(text);

    [Theory]
    [InlineData("yes", true)]
    [InlineData("Off", false)]
    [InlineData("12", 12L)]
    [InlineData("-3", -3L)]
    [InlineData("1.5", 1.5)]
    [InlineData("n", "n")]
    [InlineData("012", "012")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("", null)]
    public void A_plain_scalar_means_what_it_means_to_pyyaml(string text, object? value) => YamlScalar.Parse(text).ShouldBe(value);

    private static SortedDictionary<string, object?> Filled(SortedDictionary<string, object?> options, long? depth, long? inner)
    {
        if (depth is not null) options["max"] = depth;
        if (inner is not null) options["map"] = new SortedDictionary<string, object?>(StringComparer.Ordinal) { [inner == 1 ? "one" : "two"] = inner };
        return options;
    }

    // Marks are of files, not of what is merged.
    private static string Shape(ProfileLayer layer) =>
        ProfileWriter.Write(layer) + string.Join(',', layer.Strictness, layer.DocWarnings, layer.IgnorePaths.Items.Count, layer.Tools.Count);
}
