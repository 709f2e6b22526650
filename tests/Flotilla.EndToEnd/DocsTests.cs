using System.Text.RegularExpressions;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>
/// Executes the docs. A block <c>console</c> has commands after <c>$ </c> and what they print; <c>...</c> stands for
/// anything. After the word may follow: <c>background</c> (goes on while the next blocks run), <c>after-background</c>
/// (ends those first, with Ctrl-C), <c>wait</c> (again until it prints this), <c>exit=N</c> (what it prints is on stderr).
/// <c>root</c> (refused where nobody may make containers or networks). A block with <c>file=F</c> is written to F; with <c>replace</c> it replaces the text above its line <c>---</c> in F by the
/// text below; with <c>below</c> it replaces all but the lines of F that begin with <c>#:</c>; with <c>append=G</c> the file G is put to the end of F, its usings left out.
/// </summary>
public sealed partial class DocsTests
{
    [Collection("shop")]
    public sealed class Readme
    {
        [Fact]
        public Task Its_commands_do_what_it_says() => ExecuteAsync("README.md", Repository.Root, null);

        [Fact]
        public void Its_code_is_the_examples()
        {
            var example = File.ReadAllText(Repository.File("examples", "shop", "fleet.cs"));
            var blocks = Blocks("README.md").Where(block => block.Kind == "csharp").ToList();
            blocks.ShouldNotBeEmpty();
            foreach (var block in blocks) example.ShouldContain(block.Text);
        }
    }

    [Fact]
    public async Task Getting_started_does_what_it_says()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("flotilla"), Repository.File("flotilla"));
        await ExecuteAsync("docs/getting-started.md", folder.Path, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder.File("cache") });
    }

    [Fact]
    public async Task Detection_does_what_it_says()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("flotilla"), Repository.File("flotilla"));
        File.CreateSymbolicLink(folder.File("examples"), Repository.File("examples"));
        await ExecuteAsync("docs/detection.md", folder.Path, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder.File("cache") });
    }

    [Fact]
    public async Task Handlers_do_what_they_say()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("flotilla"), Repository.File("flotilla"));
        await ExecuteAsync("docs/handlers.md", folder.Path, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder.File("cache") });
    }

    [Fact]
    public async Task Events_do_what_they_say()
    {
        Assert.SkipWhen(Peer.Missing("serf", "serf") is not null, Peer.Missing("serf", "serf") ?? "");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("flotilla"), Repository.File("flotilla"));
        await ExecuteAsync("docs/events.md", folder.Path, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder.File("cache") });
    }

    [Fact]
    public async Task Inspection_does_what_it_says()
    {
        foreach (var (program, package) in new[] { ("pylint", "pylint"), ("pyflakes3", "pyflakes3"), ("pycodestyle", "pycodestyle"), ("dodgy", "dodgy"), ("git", "git") })
            Assert.SkipWhen(Peer.Missing(program, package) is not null, Peer.Missing(program, package) ?? "");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("flotilla"), Repository.File("flotilla"));
        var environment = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder.File("cache"), ["GIT_CONFIG_GLOBAL"] = "/dev/null" };
        await ExecuteAsync("docs/inspection.md", folder.Path, environment);
    }

    [Fact]
    public async Task Images_do_what_they_say()
    {
        foreach (var (program, package) in new[] { ("docker", "docker.io"), ("skopeo", "skopeo"), ("umoci", "umoci"), ("runc", "runc"), ("busybox", "busybox-static"), ("ssh-keygen", "openssh-client") })
            Assert.SkipWhen(Peer.Missing(program, package) is not null, Peer.Missing(program, package) ?? "");
        Assert.SkipWhen((DockerDaemon.Missing() ?? DockerRegistry.Missing()) is not null, DockerDaemon.Missing() ?? DockerRegistry.Missing() ?? "");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("flotilla"), Repository.File("flotilla"));
        await using var docker = await DockerDaemon.StartAsync(TestContext.Current.CancellationToken);
        await using var registry = await DockerRegistry.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["XDG_CACHE_HOME"] = folder.File("cache"), ["DOCKER_HOST"] = "unix://" + docker.Socket, ["REGISTRY"] = registry.Address, ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        };
        // What the reader has: an image in Docker, and a key.
        await Tool.RunAsync("sh", ["-c", $"""
            set -e
            mkdir -p {folder.File("root")}/bin {folder.File("root")}/etc
            cp "$(command -v busybox)" {folder.File("root")}/bin/busybox
            for name in sh cat echo mkdir; do ln -s busybox {folder.File("root")}/bin/$name; done
            echo welcome > {folder.File("root")}/etc/motd
            tar -C {folder.File("root")} -c . | docker import --change 'CMD ["/bin/sh"]' - shop:1.0
            rm -r {folder.File("root")}
            ssh-keygen -q -t ed25519 -N "" -C somebody@example.com -f {folder.File("key")}
            echo "somebody@example.com $(cat {folder.File("key.pub")})" > {folder.File("signers")}
            """], environment);
        await ExecuteAsync("docs/images.md", folder.Path, environment);
    }

    [Fact]
    public void Links_between_the_docs_lead_somewhere()
    {
        var broken = from file in Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories).Concat([Repository.File("README.md"), Repository.File("CONTRIBUTING.md")])
                     from Match link in Link().Matches(File.ReadAllText(file))
                     let target = link.Groups["target"].Value
                     where !target.StartsWith("http", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target))
                     select $"{Path.GetRelativePath(Repository.Root, file)}: {target}";
        broken.ShouldBeEmpty();
    }

    [GeneratedRegex(@"\]\((?<target>[^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    private sealed record Block(string Kind, string Options, string Text);

    private static IEnumerable<Block> Blocks(string document) =>
        Regex.Matches(File.ReadAllText(Repository.File(document)), @"^```(?<kind>\w+)(?<options>[^\n]*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => new Block(match.Groups["kind"].Value, match.Groups["options"].Value.Trim(), match.Groups["text"].Value));

    private static async Task ExecuteAsync(string document, string folder, IReadOnlyDictionary<string, string>? environment)
    {
        var background = new List<FlotillaCommand>();
        try
        {
            foreach (var block in Blocks(document))
            {
                if (block.Kind != "console" && block.Options.StartsWith("file=", StringComparison.Ordinal)) Write(block, folder);
                if (block.Kind != "console") continue;
                if (block.Options == "after-background") await EndAsync(background);
                foreach (var (command, expected) in Commands(block.Text))
                {
                    if (block.Options == "background")
                        background.Add(FlotillaCommand.Shell(folder, "exec " + command, environment));
                    else
                        await CheckAsync(folder, environment, block.Options, command, expected);
                }
            }
            await EndAsync(background);
        }
        finally
        {
            foreach (var command in background) command.Dispose();
        }
    }

    private static async Task EndAsync(List<FlotillaCommand> background)
    {
        foreach (var command in background)
        {
            command.Signal(2);
            (await command.ExitAsync()).ShouldBe(130);
        }
        background.Clear();
    }

    private static async Task CheckAsync(string folder, IReadOnlyDictionary<string, string>? environment, string options, string line, string expected)
    {
        var exitExpected = options.StartsWith("exit=", StringComparison.Ordinal) ? int.Parse(options["exit=".Length..]) : 0;
        if (options == "root" && Namespaces.Missing is not null)
        {
            using var refused = FlotillaCommand.Shell(folder, line, environment);
            (await refused.ExitAsync()).ShouldBe(2);
            refused.Error.ShouldContain("rehearsal");
            return;
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            using var command = FlotillaCommand.Shell(folder, line, environment);
            var exitCode = await command.ExitAsync();
            // A check that finds something prints it as its result.
            var actual = exitExpected <= 1 ? command.Output : command.Error;
            var told = Regex.IsMatch(Trimmed(actual), Pattern(expected));
            if (exitCode == exitExpected && told) return;
            if (options != "wait" || limit.IsCancellationRequested)
                throw new ShouldAssertException($"$ {line}\nexited with {exitCode} and printed\n{command.Output}{command.Error}\nThe page says exit code {exitExpected} and\n{expected}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static IEnumerable<(string Command, string Expected)> Commands(string text)
    {
        string? command = null;
        var expected = "";
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith("$ ", StringComparison.Ordinal))
            {
                expected += line.TrimEnd() + "\n";
                continue;
            }
            if (command is not null) yield return (command, expected);
            (command, expected) = (line[2..], "");
        }
        if (command is not null) yield return (command, expected);
    }

    private static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n') + "\n";

    private static string Pattern(string expected)
    {
        var lines = expected.TrimEnd('\n').Split('\n');
        var pattern = string.Concat(lines.Select(line => line == "..." ? "(.*\n)*?" : Regex.Escape(line).Replace(@"\.\.\.", ".*") + "\n"));
        return $@"\A{pattern}\z";
    }

    private static void Write(Block block, string folder)
    {
        var words = block.Options["file=".Length..].Split(' ');
        var path = Path.Combine(folder, words[0]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (words is [_, "below"])
        {
            File.WriteAllLines(path, [.. File.ReadAllLines(path).Where(line => line.StartsWith("#:", StringComparison.Ordinal)), .. block.Text.TrimEnd('\n').Split('\n')]);
            return;
        }
        if (words.Length == 1)
        {
            File.WriteAllText(path, block.Text);
            return;
        }
        if (words[1].StartsWith("append=", StringComparison.Ordinal))
        {
            var lines = File.ReadLines(Path.Combine(folder, words[1]["append=".Length..]));
            File.AppendAllLines(path, lines.Where(line => !line.StartsWith("using ", StringComparison.Ordinal)));
            return;
        }
        var parts = block.Text.Split("---\n");
        var before = File.ReadAllText(path);
        before.ShouldContain(parts[0].TrimEnd('\n'));
        File.WriteAllText(path, before.Replace(parts[0].TrimEnd('\n'), parts[1].TrimEnd('\n')));
    }
}
