using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.Cli.Tests;

/// <summary><c>flotilla image</c> as scripts use it.</summary>
public sealed class ImageCliTests
{
    // FLOTILLA_IMAGE_KILLS=100 kills as often as the issue of images asks for.
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("FLOTILLA_IMAGE_KILLS"), System.Globalization.CultureInfo.InvariantCulture, out var kills) ? kills : 25;

    [Fact]
    public async Task An_image_goes_in_is_compared_and_comes_out_the_same()
    {
        using var folder = new TemporaryFolder();
        var first = Tar(folder, "v1.tar", 1, 20);
        var second = Tar(folder, "v2.tar", 2, 20);
        var imported = await JsonAsync(folder.Path, "image", "import", first, "--as", "shop/1.0", "--graph", "g");
        imported.GetProperty("name").GetString().ShouldBe("shop/1.0");
        imported.GetProperty("commit").GetString()!.Length.ShouldBe(40);
        imported.GetProperty("diff_id").GetString().ShouldBe("sha256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(first))));
        imported.GetProperty("bytes").GetInt64().ShouldBe(new FileInfo(first).Length);
        imported.GetProperty("stored_bytes").GetInt64().ShouldBeGreaterThan(0);
        imported.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
        await JsonAsync(folder.Path, "image", "import", second, "--as", "shop/1.0", "--graph", "g");

        var diff = await JsonAsync(folder.Path, "image", "diff", "shop/1.0~1", "shop/1.0", "--graph", "g");
        diff.GetProperty("added").GetArrayLength().ShouldBe(0);
        var changed = diff.GetProperty("changed").EnumerateArray().Single(each => each.GetProperty("path").GetString() == "etc/version");
        changed.GetProperty("content").GetBoolean().ShouldBeTrue();
        changed.GetProperty("metadata").GetArrayLength().ShouldBe(0);
        diff.GetProperty("packages").GetProperty("added").GetArrayLength().ShouldBe(0);

        (await RunAsync(folder.Path, "image", "export", "shop/1.0~1", "--graph", "g", "--to", "out.tar")).ExitCode.ShouldBe(0);
        (await File.ReadAllBytesAsync(folder.File("out.tar"))).ShouldBe(await File.ReadAllBytesAsync(first));
        (await RunAsync(folder.Path, "image", "cat", "shop/1.0", "etc/version", "--graph", "g")).Output.ShouldBe("2");
        (await JsonAsync(folder.Path, "image", "verify", "shop/1.0", "--graph", "g")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await JsonAsync(folder.Path, "image", "log", "shop/1.0", "--graph", "g")).GetProperty("versions").GetArrayLength().ShouldBe(2);
        (await JsonAsync(folder.Path, "image", "show", "shop/1.0", "--graph", "g")).GetProperty("config").GetProperty("os").GetString().ShouldBe("linux");
        (await JsonAsync(folder.Path, "image", "ls", "shop/1.0", "etc", "--graph", "g")).GetProperty("entries").GetArrayLength().ShouldBe(1);
        (await JsonAsync(folder.Path, "image", "du", "shop/1.0", "--graph", "g")).GetProperty("versions").GetArrayLength().ShouldBe(2);
        (await JsonAsync(folder.Path, "image", "gc", "--graph", "g")).GetProperty("bytes_after").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Without_a_graph_named_the_one_of_the_folder_is_made_and_found_from_below()
    {
        using var folder = new TemporaryFolder();
        (await RunAsync(folder.Path, "image", "import", Tar(folder, "v1.tar", 1, 1), "--as", "shop")).ExitCode.ShouldBe(0);
        Directory.CreateDirectory(folder.File("deep", "er"));
        (await RunAsync(folder.File("deep", "er"), "image", "log")).Output.ShouldContain("shop");
    }

    [Fact]
    public async Task What_is_said_wrong_is_told_with_its_fix()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, error) = await RunAsync(folder.Path, "image", "import", "none.tar", "--as", "a");
        (exitCode, error).ShouldBe((2, "error: There is no file none.tar.\n  fix: Name a file that is there.\n"));
        Directory.Exists(folder.File(".flotilla")).ShouldBeFalse();
        (exitCode, _, error) = await RunAsync(folder.Path, "image", "log");
        exitCode.ShouldBe(2);
        error.ShouldStartWith("error: There is no graph of images here or in a folder above.\n  fix: Import an image");
        (exitCode, _, error) = await RunAsync(folder.Path, "image", "import", Tar(folder, "v1.tar", 1, 1), "--as", "a b");
        exitCode.ShouldBe(2);
        error.ShouldBe("error: \"a b\" is no name for an image.\n  because it contains \" \"; letters, digits and . _ - + : are possible.\n  fix: Choose one like example.com/shop/1.0.\n");
    }

    [Fact]
    public async Task An_import_that_is_killed_leaves_the_old_or_the_new_version()
    {
        using var folder = new TemporaryFolder();
        (await RunAsync(folder.Path, "image", "import", Tar(folder, "v0.tar", 0, 1), "--as", "a", "--graph", "g")).ExitCode.ShouldBe(0);
        var random = new Random(5);
        var watch = Stopwatch.StartNew();
        (await RunAsync(folder.Path, "image", "import", Tar(folder, "whole.tar", 0, 300), "--as", "whole", "--graph", "g")).ExitCode.ShouldBe(0);
        var whole = (int)watch.ElapsedMilliseconds;
        for (var i = 1; i <= Kills; i++)
        {
            var tar = Tar(folder, $"v{i}.tar", i, 300);
            using var import = Start(folder.Path, "image", "import", tar, "--as", "a", "--graph", "g");
            // Killed at some moment between the start and the end of a whole import.
            if (!import.WaitForExit(random.Next(40, whole + whole / 5))) import.Kill();
            await import.WaitForExitAsync();
            var log = await JsonAsync(folder.Path, "image", "log", "a", "--graph", "g");
            var newest = (await RunAsync(folder.Path, "image", "cat", "a", "etc/version", "--graph", "g")).Output;
            int.Parse(newest, System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(i);
            if (import.ExitCode == 0) newest.ShouldBe($"{i}");
            log.GetProperty("versions").GetArrayLength().ShouldBeGreaterThan(0);
            (await RunProgramAsync(folder.Path, "git", "-C", "g", "fsck", "--strict")).ExitCode.ShouldBe(0);
        }
        (await RunAsync(folder.Path, "image", "import", folder.File("v0.tar"), "--as", "b", "--graph", "g")).ExitCode.ShouldBe(0);
        Directory.GetFiles(folder.File("g", "objects", "pack"), "tmp_*").ShouldBeEmpty();
        (await RunAsync(folder.Path, "image", "verify", "a", "--graph", "g")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Images_move_signed_through_a_remote_and_a_bundle()
    {
        using var folder = new TemporaryFolder();
        (await RunAsync(folder.Path, "image", "import", Tar(folder, "v1.tar", 1, 3), "--as", "shop/1.0", "--graph", "g")).ExitCode.ShouldBe(0);
        var first = await JsonAsync(folder.Path, "image", "import", Tar(folder, "v2.tar", 2, 3), "--as", "shop/1.0", "--graph", "g");
        (await RunProgramAsync(folder.Path, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key")).ExitCode.ShouldBe(0);
        await File.WriteAllTextAsync(folder.File("signers"), "ann@example.com " + await File.ReadAllTextAsync(folder.File("key.pub")));
        (await RunProgramAsync(folder.Path, "git", "init", "-q", "--bare", "remote.git")).ExitCode.ShouldBe(0);

        (await RunAsync(folder.Path, "image", "verify", "shop/1.0", "--graph", "g", "--signers", "signers")).ExitCode.ShouldBe(1);
        var signed = await JsonAsync(folder.Path, "image", "sign", "shop/1.0", "--key", "key.pub", "--graph", "g");
        signed.GetProperty("tag").GetString().ShouldNotBeNull().ShouldStartWith($"image/shop/1.0/@{first.GetProperty("commit").GetString()}-");
        var pushed = await JsonAsync(folder.Path, "image", "push", "remote.git", "--graph", "g");
        pushed.GetProperty("images")[0].GetProperty("outcome").GetString().ShouldBe("new");
        pushed.GetProperty("signatures").GetInt32().ShouldBe(1);

        Directory.CreateDirectory(folder.File("there"));
        var pulled = await JsonAsync(folder.File("there"), "image", "pull", "../remote.git", "shop");
        pulled.GetProperty("images")[0].GetProperty("commit").GetString().ShouldBe(first.GetProperty("commit").GetString());
        (await RunAsync(folder.File("there"), "image", "cat", "shop/1.0", "etc/version")).Output.ShouldBe("2");
        var verified = await JsonAsync(folder.File("there"), "image", "verify", "shop/1.0", "--signers", "../signers");
        verified.GetProperty("signatures")[0].GetProperty("signer").GetString().ShouldBe("ann@example.com");
        (await RunAsync(folder.File("there"), "image", "tree")).Output.ShouldMatch("^●  shop/1.0  [0-9a-f]{12}  .*  newest\n●  shop/1.0  [0-9a-f]{12}  [^n]*\n$");
        (await JsonAsync(folder.File("there"), "image", "du")).GetProperty("images").GetArrayLength().ShouldBe(1);

        (await JsonAsync(folder.Path, "image", "bundle", "create", "b", "--since", "shop/1.0~1", "--graph", "g")).GetProperty("bytes").GetInt64().ShouldBe(new FileInfo(folder.File("b")).Length);
        var check = await JsonAsync(folder.Path, "image", "bundle", "verify", "b", "--graph", "there/.flotilla/images", "--signers", "signers");
        (check.GetProperty("ok").GetBoolean(), check.GetProperty("needs").GetArrayLength()).ShouldBe((true, 1));
        (await JsonAsync(folder.File("there"), "image", "bundle", "import", "../b")).GetProperty("images")[0].GetProperty("outcome").GetString().ShouldBe("same");
        var (exitCode, _, error) = await RunAsync(folder.Path, "image", "bundle", "import", "b", "--graph", "empty");
        (exitCode, error.Split('\n')[0]).ShouldBe((2, $"error: {folder.File("b")} continues versions that are not in this graph; nothing was taken."));
        Directory.Exists(folder.File("empty")).ShouldBeFalse();
    }

    private static string Tar(TemporaryFolder folder, string name, int version, int files)
    {
        using var stream = File.Create(folder.File(name));
        using var writer = new TarWriter(stream, TarEntryFormat.Ustar);
        for (var i = 0; i < files; i++) Add($"usr/share/file{i:000}", i % 3 == 0 ? version * 1000 + i : i);
        Write("etc/version", System.Text.Encoding.ASCII.GetBytes($"{version}"));
        return folder.File(name);

        void Add(string path, int seed)
        {
            var bytes = new byte[20_000];
            new Random(seed).NextBytes(bytes.AsSpan(0, 10_000));
            Write(path, bytes);
        }

        void Write(string path, byte[] bytes) =>
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(bytes), ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000) });
    }

    private static async Task<JsonElement> JsonAsync(string folder, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(folder, [.. arguments, "--output", "json"]);
        exitCode.ShouldBe(0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] arguments) =>
        RunProgramAsync(folder, "dotnet", [Path.Combine(AppContext.BaseDirectory, "Flotilla.Cli.dll"), .. arguments]);

    private static async Task<(int ExitCode, string Output, string Error)> RunProgramAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string folder, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Flotilla.Cli.dll"), .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
