using System.Text;
using Flotilla.Core.Machines;

namespace Flotilla.Core.Tests.Machines;

/// <summary>What every machine does. Made for a machine whose tree has the directories <c>/etc</c> and <c>/tmp</c> and the usual accounts.</summary>
public abstract class MachineContract
{
    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
    private const UnixFileMode Folder = (UnixFileMode)0b111_101_101;

    protected abstract IMachine Machine { get; }

    /// <summary>Makes a link on the machine.</summary>
    protected abstract void Link(string path, string target);

    /// <summary>Null when files can be given to other users; else why not.</summary>
    protected virtual string? WhyNoOwners => null;

    [Fact]
    public void Stat_tells_files_directories_and_links_apart()
    {
        Write("/tmp/file", "four");
        Machine.CreateDirectory("/tmp/directory", Folder);
        Link("/tmp/link", "file");

        Machine.Stat("/tmp/file").ShouldNotBeNull().Kind.ShouldBe(FileKind.File);
        Machine.Stat("/tmp/file")!.Size.ShouldBe(4);
        Machine.Stat("/tmp/file")!.Mode.ShouldBe(Plain);
        Machine.Stat("/tmp/directory").ShouldNotBeNull().Kind.ShouldBe(FileKind.Directory);
        Machine.Stat("/tmp/link").ShouldNotBeNull().Kind.ShouldBe(FileKind.Link);
        Machine.Stat("/").ShouldNotBeNull().Kind.ShouldBe(FileKind.Directory);
    }

    [Fact]
    public void Stat_of_nothing_is_null()
    {
        Write("/tmp/file", "");
        Machine.Stat("/tmp/none").ShouldBeNull();
        Machine.Stat("/none/none").ShouldBeNull();
        Machine.Stat("/tmp/file/below").ShouldBeNull();
    }

    [Fact]
    public void Read_gives_the_bytes_that_were_written()
    {
        byte[] bytes = [0, 255, 10, 13, 128];
        Machine.WriteFile("/tmp/bytes", bytes, Plain);
        Machine.ReadFile("/tmp/bytes").ShouldBe(bytes);
        Machine.WriteFile("/tmp/bytes", [], Plain);
        Machine.ReadFile("/tmp/bytes").ShouldBeEmpty();
    }

    [Fact]
    public void Large_content_survives()
    {
        var bytes = new byte[3_000_001];
        new Random(1).NextBytes(bytes);
        Machine.WriteFile("/tmp/large", bytes, Plain);
        Machine.ReadFile("/tmp/large").ShouldBe(bytes);
    }

    [Fact]
    public void Write_replaces_content_and_mode()
    {
        Write("/tmp/file", "a long old text");
        Machine.WriteFile("/tmp/file", "new"u8, (UnixFileMode)0b110_000_000);
        Read("/tmp/file").ShouldBe("new");
        Machine.Stat("/tmp/file")!.Mode.ShouldBe((UnixFileMode)0b110_000_000);
        Machine.List("/tmp").ShouldBe(["file"]);
    }

    [Fact]
    public void What_was_read_does_not_change_with_the_file()
    {
        Write("/tmp/file", "one");
        var read = Machine.ReadFile("/tmp/file");
        read[0] = (byte)'x';
        Read("/tmp/file").ShouldBe("one");
    }

    [Theory]
    [InlineData(0b000_000_000)]
    [InlineData(0b110_110_110)]
    [InlineData(0b100_111_101_101)]
    [InlineData(0b010_111_101_101)]
    public void Modes_are_exactly_those_given(int bits)
    {
        var mode = (UnixFileMode)bits;
        Machine.WriteFile("/tmp/file", "x"u8, mode);
        Machine.CreateDirectory("/tmp/directory", mode);
        Machine.Stat("/tmp/file")!.Mode.ShouldBe(mode);
        Machine.Stat("/tmp/directory")!.Mode.ShouldBe(mode);
        Machine.SetMode("/tmp/file", Plain);
        Machine.SetMode("/tmp/directory", Folder);
        Machine.Stat("/tmp/file")!.Mode.ShouldBe(Plain);
        Machine.Stat("/tmp/directory")!.Mode.ShouldBe(Folder);
    }

    [Fact]
    public void A_missing_parent_is_said()
    {
        Should.Throw<DirectoryNotFoundException>(() => Write("/tmp/none/file", "")).Message.ShouldContain("/tmp/none");
        Should.Throw<DirectoryNotFoundException>(() => Machine.CreateDirectory("/tmp/none/directory", Folder));
        Should.Throw<DirectoryNotFoundException>(() => Machine.ReadFile("/tmp/none/file"));
        Should.Throw<DirectoryNotFoundException>(() => Machine.SetMode("/tmp/none/file", Plain));
    }

    [Fact]
    public void A_file_in_the_middle_is_an_error()
    {
        Write("/tmp/file", "");
        Should.Throw<IOException>(() => Write("/tmp/file/below", "")).Message.ShouldContain("/tmp/file");
        Should.Throw<IOException>(() => Machine.CreateDirectory("/tmp/file/below", Folder));
        Should.Throw<IOException>(() => Machine.List("/tmp/file"));
    }

    [Fact]
    public void A_missing_file_is_said()
    {
        Should.Throw<FileNotFoundException>(() => Machine.ReadFile("/tmp/none")).Message.ShouldContain("/tmp/none");
        Should.Throw<FileNotFoundException>(() => Machine.SetMode("/tmp/none", Plain));
        Should.Throw<FileNotFoundException>(() => Machine.SetOwner("/tmp/none", default));
        Should.Throw<FileNotFoundException>(() => Machine.ReadLink("/tmp/none"));
        Should.Throw<FileNotFoundException>(() => Machine.List("/tmp/none"));
    }

    [Fact]
    public void A_directory_is_no_file()
    {
        Machine.CreateDirectory("/tmp/directory", Folder);
        Should.Throw<IOException>(() => Machine.ReadFile("/tmp/directory")).Message.ShouldContain("/tmp/directory");
        Should.Throw<IOException>(() => Write("/tmp/directory", "x"));
        Should.Throw<IOException>(() => Write("/", "x"));
        Should.Throw<IOException>(() => Machine.CreateDirectory("/tmp/directory", Folder));
        Machine.List("/tmp").ShouldBe(["directory"]);
    }

    [Fact]
    public void A_directory_is_not_made_over_a_file()
    {
        Write("/tmp/file", "kept");
        Should.Throw<IOException>(() => Machine.CreateDirectory("/tmp/file", Folder));
        Read("/tmp/file").ShouldBe("kept");
    }

    [Fact]
    public void Writing_over_a_link_replaces_the_link()
    {
        Write("/tmp/target", "kept");
        Link("/tmp/link", "target");
        Write("/tmp/link", "new");
        Machine.Stat("/tmp/link")!.Kind.ShouldBe(FileKind.File);
        Read("/tmp/link").ShouldBe("new");
        Read("/tmp/target").ShouldBe("kept");
    }

    [Fact]
    public void The_last_part_of_a_path_is_never_followed()
    {
        Write("/tmp/target", "kept");
        Machine.CreateDirectory("/tmp/directory", Folder);
        Link("/tmp/link", "target");
        Link("/tmp/folder", "/tmp/directory");
        Should.Throw<IOException>(() => Machine.ReadFile("/tmp/link"));
        Should.Throw<IOException>(() => Machine.SetMode("/tmp/link", UnixFileMode.UserRead));
        Should.Throw<IOException>(() => Machine.SetOwner("/tmp/link", new FileOwner(0, 0)));
        Should.Throw<IOException>(() => Machine.List("/tmp/folder"));
        Machine.Stat("/tmp/target")!.Mode.ShouldBe(Plain);
    }

    [Fact]
    public void Deleting_a_link_leaves_its_target()
    {
        Machine.CreateDirectory("/tmp/directory", Folder);
        Link("/tmp/link", "directory");
        Machine.Delete("/tmp/link");
        Machine.Stat("/tmp/link").ShouldBeNull();
        Machine.Stat("/tmp/directory").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("real")]
    [InlineData("./real")]
    [InlineData("/tmp/real")]
    [InlineData("../tmp/real/../real")]
    [InlineData("../../../../../../../../tmp/real")]
    [InlineData("other")]
    public void Links_in_the_middle_are_followed_inside_the_tree(string target)
    {
        Machine.CreateDirectory("/tmp/real", Folder);
        Link("/tmp/other", "/tmp/real");
        Link("/tmp/link", target);
        Write("/tmp/link/file", "text");
        Read("/tmp/real/file").ShouldBe("text");
        Read("/tmp/link/file").ShouldBe("text");
        Machine.Stat("/tmp/link/file")!.Kind.ShouldBe(FileKind.File);
        Machine.Delete("/tmp/link/file");
        Machine.List("/tmp/real").ShouldBeEmpty();
    }

    [Fact]
    public void A_circle_of_links_is_an_error()
    {
        Link("/tmp/one", "two");
        Link("/tmp/two", "one");
        Should.Throw<IOException>(() => Machine.ReadFile("/tmp/one/file"));
        Should.Throw<IOException>(() => Write("/tmp/one/file", ""));
        Machine.Stat("/tmp/one")!.Kind.ShouldBe(FileKind.Link);
    }

    [Fact]
    public void A_link_to_nothing_is_a_missing_parent()
    {
        Link("/tmp/link", "/none/none");
        Should.Throw<DirectoryNotFoundException>(() => Write("/tmp/link/file", ""));
        Machine.Stat("/tmp/link/file").ShouldBeNull();
    }

    [Fact]
    public void ReadLink_says_what_the_link_says()
    {
        Write("/tmp/file", "");
        Link("/tmp/link", "../none/ä");
        Machine.ReadLink("/tmp/link").ShouldBe("../none/ä");
        Should.Throw<IOException>(() => Machine.ReadLink("/tmp/file"));
    }

    [Fact]
    public void List_is_in_ordinal_order()
    {
        foreach (var name in (string[])["b", "a", "B", "ä", "10", "9", ".hidden"]) Write("/tmp/" + name, "");
        Machine.List("/tmp").ShouldBe([".hidden", "10", "9", "B", "a", "b", "ä"]);
        Machine.List("/").ShouldContain("tmp");
    }

    [Fact]
    public void Delete_removes_files_and_empty_directories()
    {
        Machine.CreateDirectory("/tmp/directory", Folder);
        Write("/tmp/directory/file", "");
        Should.Throw<IOException>(() => Machine.Delete("/tmp/directory")).Message.ShouldContain("not empty");
        Machine.Delete("/tmp/directory/file");
        Machine.Delete("/tmp/directory");
        Machine.Stat("/tmp/directory").ShouldBeNull();
    }

    [Fact]
    public void Deleting_nothing_is_no_error_but_the_root_stays()
    {
        Write("/tmp/file", "");
        Machine.Delete("/tmp/none");
        Machine.Delete("/none/none");
        Machine.Delete("/tmp/file/below");
        Should.Throw<IOException>(() => Machine.Delete("/"));
    }

    [Theory]
    [InlineData("tmp/file")]
    [InlineData("./file")]
    [InlineData("")]
    [InlineData("/tmp/\0file")]
    public void Paths_that_are_not_absolute_are_refused(string path)
    {
        Should.Throw<ArgumentException>(() => Machine.Stat(path));
        Should.Throw<ArgumentException>(() => Write(path, ""));
        Should.Throw<ArgumentException>(() => Machine.Delete(path));
    }

    [Theory]
    [InlineData("/tmp/../tmp/file")]
    [InlineData("/../../tmp/file")]
    [InlineData("//tmp///./file")]
    [InlineData("/tmp/none/../file/")]
    public void Dots_and_slashes_are_taken_out_by_their_letters(string path)
    {
        Write(path, "text");
        Read("/tmp/file").ShouldBe("text");
        Read(path).ShouldBe("text");
    }

    [Theory]
    [InlineData("...")]
    [InlineData(".a")]
    [InlineData("a b\n\"c\" $(d)")]
    [InlineData("-rf")]
    public void Odd_names_are_just_names(string name)
    {
        Write("/tmp/" + name, "text");
        Read("/tmp/" + name).ShouldBe("text");
        Machine.List("/tmp").ShouldBe([name]);
    }

    [Fact]
    public void Names_of_255_bytes_work_and_longer_ones_are_refused()
    {
        var longest = "/tmp/" + string.Concat(Enumerable.Repeat("ä", 127)) + "x";
        Write(longest, "one");
        Write(longest, "two");
        Read(longest).ShouldBe("two");
        Machine.List("/tmp").Count.ShouldBe(1);
        Should.Throw<PathTooLongException>(() => Write(longest + "x", ""));
        Should.Throw<PathTooLongException>(() => Machine.Stat(longest + "x"));
        Should.Throw<PathTooLongException>(() => Machine.Stat("/" + string.Concat(Enumerable.Repeat("tmp/", 1100))));
    }

    [Fact]
    public void Accounts_are_those_of_the_passwd_and_group_files()
    {
        Machine.UserId("root").ShouldBe(0u);
        Machine.UserId("www-data").ShouldBe(33u);
        Machine.UserName(33).ShouldBe("www-data");
        Machine.GroupId("adm").ShouldBe(4u);
        Machine.GroupName(4).ShouldBe("adm");
        Machine.UserId("no-one").ShouldBeNull();
        Machine.GroupId("no-one").ShouldBeNull();
        Machine.UserName(4242).ShouldBeNull();
        Machine.GroupName(4242).ShouldBeNull();

        Write("/etc/passwd", Read("/etc/passwd") + "# shop:x:1:1\nshop:x:4242:4242::/:/bin/sh\nbroken\n");
        Machine.UserId("shop").ShouldBe(4242u);
        Machine.UserName(4242).ShouldBe("shop");
        Machine.Delete("/etc/group");
        Machine.GroupId("adm").ShouldBeNull();
    }

    [Fact]
    public void Owners_are_set_and_kept()
    {
        SkipUnlessOwners();
        Machine.WriteFile("/tmp/file", "x"u8, Plain, new FileOwner(33, 4));
        Machine.Stat("/tmp/file")!.Owner.ShouldBe(new FileOwner(33, 4));
        Machine.SetMode("/tmp/file", UnixFileMode.UserRead);
        Machine.Stat("/tmp/file")!.Owner.ShouldBe(new FileOwner(33, 4));
        Machine.CreateDirectory("/tmp/directory", Folder);
        Machine.SetOwner("/tmp/directory", new FileOwner(1, 1));
        Machine.Stat("/tmp/directory")!.Owner.ShouldBe(new FileOwner(1, 1));
        Write("/tmp/file", "y");
        Machine.Stat("/tmp/file")!.Owner.ShouldBe(new FileOwner(0, 0));
    }

    [Fact]
    public void Set_id_bits_survive_a_change_of_owner()
    {
        SkipUnlessOwners();
        const UnixFileMode setId = (UnixFileMode)0b110_111_101_101;
        Machine.WriteFile("/tmp/file", "x"u8, setId, new FileOwner(1, 1));
        Machine.Stat("/tmp/file")!.Mode.ShouldBe(setId);
        Machine.SetOwner("/tmp/file", new FileOwner(33, 33));
        Machine.Stat("/tmp/file")!.Mode.ShouldBe(setId);
        Machine.Stat("/tmp/file")!.Owner.ShouldBe(new FileOwner(33, 33));
    }

    [Fact]
    public void What_is_new_in_a_directory_with_the_set_group_bit_gets_its_group()
    {
        SkipUnlessOwners();
        Machine.CreateDirectory("/tmp/shared", Folder);
        Machine.SetOwner("/tmp/shared", new FileOwner(33, 4));
        Machine.SetMode("/tmp/shared", Folder | UnixFileMode.SetGroup);
        Write("/tmp/shared/file", "");
        Machine.CreateDirectory("/tmp/shared/directory", Folder);
        Machine.Stat("/tmp/shared/file")!.Owner.ShouldBe(new FileOwner(0, 4));
        Machine.Stat("/tmp/shared/directory").ShouldBe(Machine.Stat("/tmp/shared/directory")! with { Mode = Folder, Owner = new FileOwner(0, 4) });
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_127()
    {
        var result = await Machine.RunAsync(new Command("no-such-program-anywhere", []), TestContext.Current.CancellationToken);
        result.ExitCode.ShouldBe(127);
        result.Error.ShouldContain("no-such-program-anywhere");
        result.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_cancelled_run_throws()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => Machine.RunAsync(new Command("true", []), new CancellationToken(canceled: true)));
    }

    protected void Write(string path, string text) => Machine.WriteFile(path, Encoding.UTF8.GetBytes(text), Plain);

    protected string Read(string path) => Encoding.UTF8.GetString(Machine.ReadFile(path));

    private void SkipUnlessOwners() => Assert.SkipWhen(WhyNoOwners is not null, WhyNoOwners ?? "");
}
