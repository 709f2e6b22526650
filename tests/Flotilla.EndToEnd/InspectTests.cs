using System.Text.Json.Nodes;
using Flotilla.Testing;
using BrowserPage = Flotilla.Testing.Browser;

namespace Flotilla.EndToEnd;

/// <summary><c>flotilla inspect</c>, as a user runs it.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Dictionary<string, string> Environment => new() { ["XDG_CACHE_HOME"] = _folder.File("cache"), ["GIT_CONFIG_GLOBAL"] = "/dev/null" };

    [Fact]
    public async Task Watching_it_inspects_again_when_a_file_changes_and_ends_with_ctrl_c()
    {
        SkipWithout("pyflakes3");
        Write("code/a.py", "import os\n");
        using var watching = FlotillaCommand.Start(_folder.File("code"), Environment, "inspect", "--watch", "--tool", "pyflakes", "--messages-only", "--output-format", "grouped", "--output-format", "json:report.json");
        await watching.SeesAsync("'os' imported but unused");
        await watching.SeesAsync("Waiting for a change");
        Write("code/a.py", "import re\n");
        await watching.SeesAsync("'re' imported but unused");
        // Half written, and then as it should be.
        Write("code/.prospector.yaml", "strictness: [\n");
        await watching.SeesAsync("error: .prospector.yaml");
        Write("code/.prospector.yaml", "strictness: high\n");
        Write("code/a.py", "import sys\n");
        await watching.SeesAsync("'sys' imported but unused");
        (watching.Output + watching.Error).ShouldNotContain("report.json has changed");
        watching.Signal(2);
        (await watching.ExitAsync()).ShouldBe(130);
    }

    [Fact]
    public async Task The_hook_refuses_a_commit_that_brings_a_finding_and_lets_others_pass()
    {
        SkipWithout("pyflakes3");
        Write("code/a.py", "import os\n");
        Write("code/.flotilla/inspect.yaml", "pylint:\n  run: false\n");
        await Git("init -q -b main && git add . && git -c user.name=me -c user.email=me@example.com commit -qm first");
        (await FlotillaCommand.RunAsync(_folder.File("code"), Environment, "inspect", "hook")).ExitCode.ShouldBe(0);

        Write("code/b.py", "import re\n");
        using (var refused = FlotillaCommand.Shell(_folder.File("code"), "git add . && git -c user.name=me -c user.email=me@example.com commit -qm second", Environment))
        {
            (await refused.ExitAsync()).ShouldBe(1);
            (refused.Output + refused.Error).ShouldContain("'re' imported but unused");
            (refused.Output + refused.Error).ShouldNotContain("'os' imported");
        }
        Write("code/b.py", "print(1)\n");
        await Git("add . && git -c user.name=me -c user.email=me@example.com commit -qm second");
        (await FlotillaCommand.RunAsync(_folder.File("code"), Environment, "inspect", "hook", "--remove")).ExitCode.ShouldBe(0);
        File.Exists(_folder.File("code/.git/hooks/pre-commit")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_hook_of_another_program_is_left_alone()
    {
        Directory.CreateDirectory(_folder.File("code"));
        await Git("init -q");
        Write("code/.git/hooks/pre-commit", "#!/bin/sh\n");
        var (exitCode, _, error) = await FlotillaCommand.RunAsync(_folder.File("code"), Environment, "inspect", "hook");
        exitCode.ShouldBe(2);
        error.ShouldContain("another program's");
        File.ReadAllText(_folder.File("code/.git/hooks/pre-commit")).ShouldBe("#!/bin/sh\n");
    }

    [Fact]
    public async Task A_plan_with_inspection_tells_what_is_wrong_with_the_fleets_code()
    {
        (await FlotillaCommand.RunAsync(_folder.Path, Environment, "new", "bakery")).ExitCode.ShouldBe(0);
        Write("bakery/.flotilla/inspect.yaml", "roslyn:\n  run: false\n");
        Write("bakery/deploy.sh", "#!/bin/sh\ncd $1\nrm -rf /tmp/$UNKNOWN/*\n");
        // A tool of the fleet's own.
        Write("bakery/.flotilla/tools/words.yaml", "name: words\ndescription: words that nobody wants\nprogram: grep\narguments: [-Hn, rm -rf]\nversion: [--version]\nfiles: ['*.sh']\ndefault: true\npattern: '^(?<path>.+?):(?<line>\\d+):(?<message>.+)$'\ncode: unwanted\n");
        SkipWithout("shellcheck");
        var (exitCode, output, error) = await FlotillaCommand.RunAsync(_folder.File("bakery"), Environment, "plan", "--inspect", "--root", _folder.Path, "--output", "json");
        exitCode.ShouldBe(1, error);
        var findings = JsonNode.Parse(output)!["findings"]!.AsArray();
        findings.Select(finding => (string)finding!["path"]!).ShouldContain("deploy.sh");
        findings.Select(finding => (string)finding!["code"]!).ShouldContain("unwanted");
        (await FlotillaCommand.RunAsync(_folder.File("bakery"), Environment, "plan", "--root", _folder.Path)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_page_shows_every_finding_and_its_filter_leaves_those_that_match()
    {
        SkipWithout("pyflakes3");
        if (Peer.Missing("chromium", "chromium") is { } reason) Assert.Skip(reason);
        Write("code/shop/<img src=x onerror=\"window.broken=1\">.py", "import os\n");
        Write("code/till.py", "import re\nprint(x)\n");
        (await FlotillaCommand.RunAsync(_folder.File("code"), Environment, "inspect", "--tool", "pyflakes", "--output-format", "html:../page.html")).ExitCode.ShouldBe(1);
        await using var page = await BrowserPage.StartAsync(Peer.Find("chromium")!, 1280);
        await page.OpenAsync(new Uri(_folder.File("page.html")));

        (await page.EvaluateAsync(Shown)).GetInt32().ShouldBe(3);
        await page.EvaluateAsync("""
            (() => { const words = document.getElementById("words"); words.value = "till"; words.dispatchEvent(new Event("input", { bubbles: true })); })()
            """);
        (await page.EvaluateAsync(Shown)).GetInt32().ShouldBe(2);
        (await page.EvaluateAsync("document.getElementById('shown').textContent")).GetString().ShouldBe("2 of 3 findings");
        (await page.EvaluateAsync("typeof window.broken")).GetString().ShouldBe("undefined");
        page.Complaints.ShouldBeEmpty();
        page.Requests.ShouldHaveSingleItem().ShouldStartWith("file://");
    }

    private const string Shown = "[...document.querySelectorAll('li.finding')].filter(item => item.checkVisibility()).length";

    private static void SkipWithout(string program)
    {
        if (Peer.Missing(program, program) is { } reason) Assert.Skip(reason);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
        File.WriteAllText(_folder.File(path), text);
    }

    private async Task Git(string arguments)
    {
        using var git = FlotillaCommand.Shell(_folder.File("code"), "git " + arguments, Environment);
        (await git.ExitAsync()).ShouldBe(0, git.Error);
    }

    public void Dispose() => _folder.Dispose();
}
