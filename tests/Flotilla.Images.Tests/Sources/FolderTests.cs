using System.Runtime.InteropServices;
using Flotilla.Images.Destinations;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Sources;

public sealed class FolderTests : IDisposable
{
    private const string Make = """
        set -e
        mkdir -p etc/empty bin var/lib/a/b/c
        echo hello > etc/motd; printf '#!/bin/sh\n' > bin/run; chmod 4755 bin/run; ln bin/run bin/again; ln -s ../etc/motd bin/link; ln -s /nowhere etc/dangling
        head -c 100000 /dev/urandom > var/lib/a/b/c/data; chmod 0600 var/lib/a/b/c/data; chmod 1777 var/lib/a
        mkfifo var/pipe; touch "$(printf 'etc/caf\351')" "etc/new
        line" etc/.git; mkdir -p "$(printf 'x%.0s' $(seq 90))/$(printf 'y%.0s' $(seq 90))"; echo deep > "$(printf 'x%.0s' $(seq 90))/$(printf 'y%.0s' $(seq 90))/$(printf 'z%.0s' $(seq 90))"
        touch -d '2001-02-03 04:05:06' etc/motd; touch -h -d '1999-01-01' bin/link
        if [ "$(id -u)" = 0 ]; then mknod var/null c 1 3; mknod var/disk b 259 1000000 2>/dev/null || true; chown 7:8 etc/motd; chown -h 5:6 bin/link; chown 3000000:3000001 etc; fi
        touch -d '2010-01-01' var/lib etc .
        """;

    // What GNU find sees, times in seconds, links by the number of their names.
    private static readonly string[] Look = ["-c", "find . ! -name . -printf '%P %y %m %U %G %Ts %l %n\\n' | grep -v ' d ' | LC_ALL=C sort; find . -type d -printf '%P %m %U %G %Ts\\n' | LC_ALL=C sort; find . -type f -exec sha256sum {} + | LC_ALL=C sort; find . \\( -type c -o -type b \\) -exec stat -c '%n %t %T' {} + | LC_ALL=C sort"];

    private const int LockExclusive = 2;
    private const int LockRelease = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_comes_back_as_it_was()
    {
        var root = Directory.CreateDirectory(_folder.File("root")).FullName;
        await Tool.RunAsync("sh", ["-c", $"cd {root} && {Make}"]);
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        var imported = await graph.ImportAsync(new FolderSource(root), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
        (await graph.ImportAsync(new FolderSource(root), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop)).IsNew.ShouldBeFalse();
        var image = graph.Load(imported.Commit);
        await new FolderDestination(_folder.File("back")).WriteAsync(image, _stop);
        (await LookAsync(_folder.File("back"))).ShouldBe(await LookAsync(root));
        // GNU tar understands what was written.
        await new TarFileDestination(_folder.File("out.tar")).WriteAsync(image, _stop);
        Directory.CreateDirectory(_folder.File("tar"));
        await Tool.RunAsync("tar", ["-xpf", _folder.File("out.tar"), "-C", _folder.File("tar"), "--numeric-owner"]);
        (await LookAsync(_folder.File("tar"))).ShouldBe(await LookAsync(root));
        await Tool.RunAsync("rm", ["-rf", root, _folder.File("back"), _folder.File("tar")]);
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_that_leads_outside()
    {
        var outside = Directory.CreateDirectory(_folder.File("outside")).FullName;
        var lower = Directory.CreateDirectory(_folder.File("lower")).FullName;
        File.CreateSymbolicLink(Path.Combine(lower, "door"), outside);
        var upper = Directory.CreateDirectory(_folder.File("upper", "door")).FullName;
        await File.WriteAllTextAsync(Path.Combine(upper, "file"), "in", _stop);
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        await using var below = await new FolderSource(lower).OpenAsync(_stop);
        await using var above = await new FolderSource(_folder.File("upper")).OpenAsync(_stop);
        var imported = await graph.ImportAsync(new TwoLayers([below.Layers[0], above.Layers[0]]), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
        await new FolderDestination(_folder.File("back")).WriteAsync(graph.Load(imported.Commit), _stop);
        Directory.EnumerateFileSystemEntries(outside).ShouldBeEmpty();
        (await File.ReadAllTextAsync(_folder.File("back", "door", "file"), _stop)).ShouldBe("in");
    }

    [Fact]
    public async Task A_replaced_folder_has_the_files_of_the_last_image_and_nothing_is_left_beside_it()
    {
        var place = Directory.CreateDirectory(_folder.File("place")).FullName;
        var folder = new ReplacedFolder(Path.Combine(place, "shop"));
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        foreach (var version in new[] { "one", "two", "three" })
        {
            _folder.Write($"{version}/deep/{version}", version);
            File.SetUnixFileMode(_folder.File(version, "deep"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var imported = await graph.ImportAsync(new FolderSource(_folder.File(version)), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
            await folder.WriteAsync(graph.Load(imported.Commit), _stop);
            Directory.EnumerateFileSystemEntries(place, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(place, path)).Order(StringComparer.Ordinal)
                .ShouldBe(["shop", "shop/deep", $"shop/deep/{version}"]);
            File.SetUnixFileMode(_folder.File(version, "deep"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        await Should.ThrowAsync<OperationCanceledException>(() => folder.WriteAsync(graph.Find("example.com/shop~1"), new CancellationToken(canceled: true)));
        Directory.EnumerateFileSystemEntries(place).Select(Path.GetFileName).ShouldBe(["shop"]);
        File.Exists(Path.Combine(place, "shop", "deep", "three")).ShouldBeTrue();
        await folder.RemoveAsync(_stop);
        await folder.RemoveAsync(_stop);
        Directory.EnumerateFileSystemEntries(place).ShouldBeEmpty();
        (await Should.ThrowAsync<ImageException>(() => new ReplacedFolder(Path.Combine(place, "none", "shop")).RemoveAsync(_stop))).Fault.ShouldBe(ImageFault.NotFound);
    }

    [Fact]
    public async Task A_folder_that_was_replaced_is_not_held_by_a_program_that_starts()
    {
        var folder = new ReplacedFolder(Path.Combine(Directory.CreateDirectory(_folder.File("place")).FullName, "shop"));
        var starting = Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < 300; i++) using (System.Diagnostics.Process.Start("true")) { }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!starting.IsCompleted) await folder.RemoveAsync(_stop);
        await starting;
    }

    [Fact]
    public async Task A_folder_that_another_process_replaces_is_busy()
    {
        var place = Directory.CreateDirectory(_folder.File("place")).FullName;
        _folder.Write("root/file", "x");
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        var imported = await graph.ImportAsync(new FolderSource(_folder.File("root")), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
        using (var held = new OpenFolder(Posix.OpenAt(Posix.AtCurrent, Posix.Name(place), Posix.ReadOnly | Posix.OnlyFolder, 0)))
        {
            Lock(held.Number, LockExclusive).ShouldBe(0);
            var busy = await Should.ThrowAsync<ImageException>(() => new ReplacedFolder(Path.Combine(place, "shop")).WriteAsync(graph.Load(imported.Commit), _stop));
            busy.Fault.ShouldBe(ImageFault.Busy);
            Lock(held.Number, LockRelease).ShouldBe(0);
        }
        await new ReplacedFolder(Path.Combine(place, "shop")).WriteAsync(graph.Load(imported.Commit), _stop);
    }

    [Fact]
    public async Task Attributes_of_a_file_that_may_not_be_written_are_kept_without_root()
    {
        const int Nobody = 65534, UserBits = 0x1c0;
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can become another.");
        // The runner's own place for temporary files may be closed to others.
        var place = Directory.CreateTempSubdirectory("flotilla-test-");
        try
        {
            byte[] file = [.. Posix.Name(place.FullName)];
            Assert.SkipUnless(Posix.SetAttribute(file, Posix.Name("user.note"), "x"u8.ToArray(), 1, 0) == 0, "This file system has no attributes of users.");
            using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
            var tar = new TarBytes().AddPax('x', ("SCHILY.xattr.user.note", "kept"))
                .Add("file", '0', "text", header =>
                {
                    TarBytes.Put(header, Tar.TarField.Mode, "0000444\0");
                    TarBytes.Put(header, Tar.TarField.User, "0177776\0");
                }).End();
            var imported = await graph.ImportAsync(new GraphFixture.MemorySource([tar], null), ImageName.Parse("shop"), new ImportOptions(), _stop);
            var target = Path.Combine(place.FullName, "out");
            Directory.CreateDirectory(target);
            Posix.Check(Posix.OwnAt(Posix.AtCurrent, Posix.Name(place.FullName), Nobody, 0, 0), "Giving it away");
            Posix.Check(Posix.OwnAt(Posix.AtCurrent, Posix.Name(target), Nobody, 0, 0), "Giving it away");
            var image = graph.Load(imported.Commit);
            var checkout = new Checkout(image, forOverlay: false, _stop);
            var failure = AsAnother(Nobody, () => checkout.Run(target));
            failure.ShouldBeNull();
            var note = new byte[16];
            Posix.GetAttribute(Posix.Name(Path.Combine(target, "file")), Posix.Name("user.note"), note, (nuint)note.Length).ShouldBe(4);
            ((int)File.GetUnixFileMode(Path.Combine(target, "file")) & UserBits).ShouldBe(0x100);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_left_alone()
    {
        _folder.Write("root/file", "x");
        _folder.Write("full/mine", "y");
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        var imported = await graph.ImportAsync(new FolderSource(_folder.File("root")), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
        await Should.ThrowAsync<ImageException>(() => new FolderDestination(_folder.File("full")).WriteAsync(graph.Load(imported.Commit), _stop));
        Directory.EnumerateFileSystemEntries(_folder.File("full")).Count().ShouldBe(1);
    }

    private static Task<string> LookAsync(string folder) => Tool.RunAsync("sh", ["-c", $"cd {folder} && {Look[1]}"]);

    private sealed class TwoLayers(IReadOnlyList<SourceLayer> layers) : IImageSource
    {
        public string Name => "two folders";

        public Task<SourceImage> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(new SourceImage(null, layers));
    }

    // The kernel keeps it for each thread: only this one is another, and only to files.
    private static Exception? AsAnother(int user, Action work)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            _ = SetFileUser(user);
            failure = Record.Exception(work);
        });
        thread.Start();
        thread.Join();
        return failure;
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileUser(int user);

    [DllImport("libc", EntryPoint = "flock")]
    private static extern int Lock(int file, int operation);
}
