using Flotilla.Inspection.Reports;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Reports;

public sealed class SnapshotTests
{
    [Theory]
    [InlineData("grouped")]
    [InlineData("text")]
    [InlineData("emacs")]
    [InlineData("json")]
    [InlineData("yaml")]
    [InlineData("pylint")]
    [InlineData("pylint-parseable")]
    [InlineData("vscode")]
    [InlineData("xunit")]
    [InlineData("gitlab")]
    [InlineData("github")]
    [InlineData("sarif")]
    public void A_format_writes_what_it_wrote_before(string format) =>
        Snapshot.Matches(SampleReport.Written(format, options: new ReportOptions { Profile = "strictness: medium\npylint:\n  run: true\n  options: {max-args: 5}\n" }), format);

    [Fact]
    public void The_grouped_format_is_coloured_when_that_is_wanted() =>
        Snapshot.Matches(SampleReport.Written("grouped", options: new ReportOptions { Colour = true }).Replace("\e", "<esc>"), "grouped-colour");
}
