using Flotilla.Core;
using Flotilla.Detection.Bench;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests.Bench;

public sealed class DetectorSettingsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly DetectorDefinition Robust = new(
        "robust_test", [new("limit", 3, []), new("window", 100, [], Min: 10, Max: 1000, Whole: true)], _ => throw new NotSupportedException());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        var file = _folder.File("settings.json");
        new DetectorSettingsFile([new("robust_test", new Dictionary<string, double> { ["limit"] = 6.25 }, 1.2, 36), new("other", new Dictionary<string, double>())], "from here").Write(file);
        var read = DetectorSettingsFile.Read(file);
        read.Note.ShouldBe("from here");
        read.Detectors.Select(detector => (detector.Name, detector.Threshold, detector.Silence)).ShouldBe([("robust_test", 1.2, 36), ("other", 1, 0)]);
        read.Detectors[0].Settings.ShouldBe(new Dictionary<string, double> { ["limit"] = 6.25 });
        File.ReadAllText(file).ShouldBe("""
            {
              "detectors": [
                {
                  "name": "robust_test",
                  "settings": {
                    "limit": 6.25
                  },
                  "threshold": 1.2,
                  "silence": 36
                },
                {
                  "name": "other",
                  "settings": {},
                  "threshold": 1,
                  "silence": 0
                }
              ],
              "note": "from here"
            }

            """);
        Directory.GetFiles(_folder.Path).ShouldBe([file]);
    }

    [Fact]
    public void What_a_reader_does_not_know_it_leaves_alone()
    {
        var read = Read("""{"version": 7, "detectors": [{"name": "robust_test", "colour": "red"}]}""");
        read.Detectors.ShouldHaveSingleItem().Threshold.ShouldBe(1);
        read.Note.ShouldBeNull();
    }

    [Fact]
    public void Settings_come_into_the_definitions_that_are_named()
    {
        var other = new DetectorDefinition("other", () => throw new NotSupportedException());
        var applied = Read("""{"detectors": [{"name": "robust_test", "settings": {"limit": 6, "window": 50}, "threshold": 1.2, "silence": 36}]}""").Apply([other, Robust]);
        applied[0].ShouldBeSameAs(other);
        applied[1].Name.ShouldBe("robust_test");
        applied[1].Settings.Select(setting => (setting.Name, setting.Value)).ShouldBe([("limit", 6), ("window", 50), ("silence", 36), ("threshold", 1.2)]);
    }

    [Fact]
    public void A_detector_that_brings_a_silence_keeps_one()
    {
        var applied = Read("""{"detectors": [{"name": "robust_test", "threshold": 1.2, "silence": 36}]}""").Apply([Robust.Silenced(5, 3)]);
        applied[0].Settings.Select(setting => (setting.Name, setting.Value)).ShouldBe([("limit", 3), ("window", 100), ("silence", 36), ("threshold", 1.2)]);
    }

    [Fact]
    public void A_detector_that_is_not_used_now_is_no_mistake()
    {
        var file = Read($$"""{"detectors": [{"name": "robust_test"}, {"name": "{{DetectorCatalog.All[0].Name}}"}]}""");
        file.Apply([], known: [Robust]).ShouldBeEmpty();
    }

    [Fact]
    public void Names_that_there_are_not_are_told_with_what_was_meant() =>
        Problem(() => Read("""{"detectors": [{"name": "robust_tset"}, {"name": "robust_test", "settings": {"limits": 1, "window": 5, "zzzzzz": 0}, "threshold": 0, "silence": -1}]}""").Apply([Robust])).ShouldBe(
            """
            settings.json: There is no detector "robust_tset". Did you mean "robust_test"? Run "flotilla bench detectors" for the list.
            settings.json: The detector robust_test has no setting "limits". Did you mean "limit"? Use one of limit, window.
            settings.json: The setting window of the detector robust_test cannot be 5. Give a whole number from 10 to 1000.
            settings.json: The detector robust_test has no setting "zzzzzz". Use one of limit, window.
            settings.json: The threshold of robust_test cannot be 0. Give a number over 0; 1 is the detector's own limit.
            settings.json: The silence of robust_test cannot be -1 points. Give 0 or more.
            """);

    [Theory]
    [InlineData("[]", "settings.json(1): These are no detector settings. " + Shape)]
    [InlineData("{\n\"detectors\": [{\"name\": 5}]}", "settings.json(2): These are no detector settings. It goes wrong at $.detectors[0].name. " + Shape)]
    [InlineData("{\"detectors\": [{\"name\": \"a\", \"silence\": 1.5}]}", "settings.json(1): These are no detector settings. It goes wrong at $.detectors[0].silence. " + Shape)]
    [InlineData("{", "settings.json(1): These are no detector settings. " + Shape)]
    [InlineData("null", "settings.json: There is no list \"detectors\". Write the file with \"flotilla bench sweep --save\".")]
    [InlineData("{}", "settings.json: There is no list \"detectors\". Write the file with \"flotilla bench sweep --save\".")]
    [InlineData("{\"detectors\": [null, {\"name\": \"a\"}, {\"name\": \"a\"}]}",
        "settings.json: Detector 1 has no name. Give each detector its name.\nsettings.json: The detector a stands there twice. Remove one.")]
    public void A_file_of_another_shape_is_a_problem(string json, string expected) => Problem(() => Read(json)).ShouldBe(expected);

    private const string Shape = """Write {"detectors":[{"name":"robust_z","settings":{"limit":6},"threshold":1.2,"silence":36}]}.""";

    [Fact]
    public void A_file_that_is_not_there_is_a_problem() =>
        Problem(() => DetectorSettingsFile.Read(_folder.File("gone.json"))).ShouldStartWith($"The detector settings {_folder.File("gone.json")} cannot be read. ");

    [Fact]
    public void A_file_that_cannot_be_written_is_left_as_it_was()
    {
        Should.Throw<IOException>(() => new DetectorSettingsFile([]).Write(_folder.File("gone", "settings.json")));
        Directory.CreateDirectory(_folder.File("taken.json"));
        Should.Throw<Exception>(() => new DetectorSettingsFile([]).Write(_folder.File("taken.json")));
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBe([_folder.File("taken.json")]);
    }

    private DetectorSettingsFile Read(string json) => DetectorSettingsFile.Read(_folder.Write("settings.json", json));

    private static string Problem(Action action) => Should.Throw<ProblemException>(action).Message;
}
