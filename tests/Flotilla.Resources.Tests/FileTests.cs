using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Testing;

namespace Flotilla.Resources.Tests;

public sealed class FileTests
{
    private const int Mode0640 = 0b110_100_000;

    private readonly MemoryMachine _machine = Fleet.Machine();

    [Fact]
    public async Task A_new_file_gets_content_mode_and_owner()
    {
        var file = new FileResource("/etc/x") { Content = "text ä\n", Mode = "640", Owner = "www-data", Group = "adm" };
        (await _machine.ApplyAsync(file)).Succeeded.ShouldBeTrue();
        _machine.Dump("/etc/x").ShouldBe($"File /etc/x {Mode0640} 33:4 text ä\n\n");
        (await _machine.PlanAsync(file)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_not_said_gets_a_default_when_new_and_is_left_alone_later()
    {
        (await _machine.ApplyAsync(new FileResource("/etc/x"))).Succeeded.ShouldBeTrue();
        _machine.Dump("/etc/x").ShouldBe($"File /etc/x {0b110_100_100} 0:0 \n");
        _machine.Write("/etc/x", "by hand", Mode0640, new FileOwner(33, 4));
        (await _machine.PlanAsync(new FileResource("/etc/x"))).IsEmpty.ShouldBeTrue();
        await _machine.ApplyAsync(new FileResource("/etc/x") { Content = "new" });
        _machine.Dump("/etc/x").ShouldBe($"File /etc/x {Mode0640} 33:4 new\n");
    }

    [Fact]
    public async Task A_group_alone_leaves_the_owner()
    {
        await _machine.ApplyAsync(new FileResource("/etc/new") { Group = "adm" });
        _machine.Stat("/etc/new")!.Owner.ShouldBe(new FileOwner(0, 4));
        _machine.Write("/etc/x", "", owner: new FileOwner(33, 33));
        await _machine.ApplyAsync(new FileResource("/etc/x") { Group = "adm" });
        _machine.Stat("/etc/x")!.Owner.ShouldBe(new FileOwner(33, 4));
    }

    [Fact]
    public async Task Owners_may_be_numbers()
    {
        _machine.Write("/etc/x", "", owner: new FileOwner(33, 4242));
        (await _machine.PlanAsync(new FileResource("/etc/x") { Owner = "33", Group = "4242" })).IsEmpty.ShouldBeTrue();
        (await _machine.PlanAsync(new FileResource("/etc/x") { Owner = "www-data" })).IsEmpty.ShouldBeTrue();
        var change = (await _machine.PlanAsync(new FileResource("/etc/x") { Owner = "1", Group = "adm" })).Changes.Single();
        change.Properties.ShouldBe([new PropertyChange("owner", "www-data", "1", null, false), new PropertyChange("group", "4242", "adm", null, false)]);
    }

    [Fact]
    public async Task A_plan_shows_a_diff_of_the_text()
    {
        _machine.Write("/etc/x", "a\nb\n");
        var change = (await _machine.PlanAsync(new FileResource("/etc/x") { Content = "a\nc\n", Mode = "0600" })).Changes.Single();
        change.Action.ShouldBe(ChangeAction.Update);
        change.Properties.ShouldBe(
        [
            new PropertyChange("content", null, null, "--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n", false),
            new PropertyChange("mode", "0644", "0600", null, false),
        ]);
        var created = (await _machine.PlanAsync(new FileResource("/etc/y") { Content = "a\n" })).Changes.Single();
        created.Properties.Single().Diff.ShouldBe("--- /dev/null\n+++ /etc/y\n@@ -0,0 +1 @@\n+a\n");
    }

    [Fact]
    public async Task Binary_content_is_shown_by_size()
    {
        _machine.WriteFile("/etc/x", [0xff, 0xfe, 0], UnixFileMode.UserRead);
        var change = (await _machine.PlanAsync(new FileResource("/etc/x") { Content = "a" })).Changes.Single().Properties.Single();
        change.Diff.ShouldBeNull();
        change.Before.ShouldNotBeNull().ShouldStartWith("3 bytes, sha256 ");
        (await _machine.ApplyAsync(new FileResource("/etc/x") { Content = "a" })).Succeeded.ShouldBeTrue();
        (await _machine.ApplyAsync(new FileResource("/etc/zero") { Content = "a\0b" })).Succeeded.ShouldBeTrue();
        (await _machine.PlanAsync(new FileResource("/etc/zero") { Content = "a\0b" })).IsEmpty.ShouldBeTrue();
        (await _machine.PlanAsync(new FileResource("/etc/zero") { Content = "a\0c" })).Changes.Single().Properties.Single().Diff.ShouldBeNull();
    }

    [Fact]
    public async Task Huge_content_is_not_read_to_see_that_it_differs()
    {
        _machine.WriteFile("/etc/x", new byte[FileContent.TextBytesMax + 1], UnixFileMode.UserRead);
        var watched = new WatchedMachine(_machine);
        var change = (await watched.PlanAsync(new FileResource("/etc/x") { Content = "a" })).Changes.Single().Properties.Single();
        change.ShouldBe(new PropertyChange("content", "67108865 bytes", null, null, IsSensitive: false));
        watched.Calls.ShouldBe(["Stat"]);
    }

    [Fact]
    public async Task A_text_that_looks_like_the_description_of_bytes_is_still_a_text()
    {
        _machine.WriteFile("/etc/x", [0xff], UnixFileMode.UserRead);
        var description = (await _machine.PlanAsync(new FileResource("/etc/x") { Content = "a" })).Changes.Single().Properties.Single().Before!;
        (await _machine.PlanAsync(new FileResource("/etc/x") { Content = description })).Changes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Sensitive_content_is_never_shown()
    {
        _machine.Write("/etc/x", "old-secret");
        var file = new FileResource("/etc/x") { Content = "new-secret", IsSensitive = true, Mode = "0600" };
        var plan = await _machine.PlanAsync(file);
        plan.Changes.Single().Properties[0].ShouldBe(new PropertyChange("content", null, null, null, IsSensitive: true));
        var report = await _machine.ApplyAsync(file);
        var shown = $"{plan} {plan.Changes.Single()} {report} {report.Results.Single()} {file}{file.Id} {string.Join(' ', plan.Changes.Single().Properties)}";
        shown.ShouldNotContain("secret");
        new PropertyValue("content", "secret", IsSensitive: true).ToString().ShouldNotContain("secret,");
        _machine.Read("/etc/x").ShouldBe("new-secret");
    }

    [Fact]
    public async Task An_absent_file_is_removed()
    {
        _machine.Write("/etc/x", "text");
        var file = new FileResource("/etc/x") { IsAbsent = true };
        (await _machine.PlanAsync(file)).Changes.Single().Action.ShouldBe(ChangeAction.Delete);
        (await _machine.ApplyAsync(file)).ChangedIds.ShouldBe([file.Id]);
        _machine.Stat("/etc/x").ShouldBeNull();
        (await _machine.PlanAsync(file)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_backup_keeps_what_was_there()
    {
        _machine.Write("/etc/x", "old", Mode0640, new FileOwner(33, 4));
        await _machine.ApplyAsync(new FileResource("/etc/x") { Content = "new", KeepBackup = true });
        _machine.Dump("/etc/x.flotilla-backup").ShouldBe($"File /etc/x.flotilla-backup {Mode0640} 33:4 old\n");
        await _machine.ApplyAsync(new FileResource("/etc/x") { IsAbsent = true, KeepBackup = true });
        _machine.Read("/etc/x.flotilla-backup").ShouldBe("new");
    }

    [Fact]
    public async Task A_link_is_replaced_by_content_and_its_target_stays()
    {
        _machine.Write("/etc/target", "kept");
        _machine.CreateLink("/etc/x", "target");
        var file = new FileResource("/etc/x") { Content = "new", KeepBackup = true };
        (await _machine.PlanAsync(file)).Changes.Single().Properties.Single().Before.ShouldBe("link to target");
        (await _machine.ApplyAsync(file)).Succeeded.ShouldBeTrue();
        _machine.Stat("/etc/x")!.Kind.ShouldBe(FileKind.File);
        _machine.Read("/etc/target").ShouldBe("kept");
    }

    [Fact]
    public async Task An_unchanged_file_is_looked_at_once_and_read_once()
    {
        _machine.Write("/etc/x", "text");
        var counting = new WatchedMachine(_machine);
        var same = new FileResource("/etc/x") { Content = "text", Mode = "0644" };
        (await counting.PlanAsync(same)).IsEmpty.ShouldBeTrue();
        counting.Calls.ShouldBe(["Stat", "ReadFile"]);
        counting.Calls.Clear();
        (await counting.ApplyAsync(same)).Unchanged.ShouldBe(1);
        counting.Calls.ShouldBe(["Stat", "ReadFile"]);
    }

    [Fact]
    public async Task Failures_say_what_to_do()
    {
        _machine.CreateDirectory("/etc/folder", (UnixFileMode)0b111_101_101);
        _machine.Write("/etc/folder/a", "");
        _machine.Write("/etc/folder/b", "");
        _machine.Write("/etc/folder/c", "");
        _machine.Write("/etc/folder/d", "");
        _machine.Write("/etc/file", "");
        _machine.CreateLink("/etc/link", "/usr");
        var report = await _machine.ApplyAsync(
            new FileResource("/etc/shop/shop.json") { Content = "{}", Declared = At(1) },
            new FileResource("/etc/folder") { Declared = At(2) },
            new FileResource("/etc/link") { Declared = At(3) },
            new FileResource("/etc/file/below") { Declared = At(4) },
            new FileResource("/etc/owned") { Owner = "shop", Declared = At(5) },
            new FileResource("/etc/grouped") { Group = "shop", Declared = At(6) },
            new DirectoryResource("/srv/a/b") { Declared = At(7) },
            new DirectoryResource("/etc/file") { Declared = At(8) });
        (report.Failed, report.Skipped).ShouldBe((7, 1));
        _machine.Stat("/etc/owned").ShouldBeNull();
        var more = await _machine.ApplyAsync(
            new DirectoryResource("/etc/link") { Declared = At(9) },
            new DirectoryResource("/etc/folder") { IsAbsent = true, Declared = At(10) },
            new FileResource("/etc/folder/x") { IsAbsent = true, Declared = At(11) });
        more.Failed.ShouldBe(2);
        Snapshot.Matches(report.Errors() + "\n" + more.Errors(), "failures-of-files");
    }

    [Fact]
    public async Task A_plan_tells_what_it_cannot_read()
    {
        _machine.CreateDirectory("/etc/folder", (UnixFileMode)0b111_101_101);
        var plan = await _machine.PlanAsync(new FileResource("/etc/folder") { Declared = At(1) }, new FileResource("/etc/new") { Content = "" });
        plan.Problems.Single().ToString().ShouldStartWith("fleet.cs(1): File \"/etc/folder\" cannot be managed: a directory is there");
        plan.Changes.Single().Resource.Name.ShouldBe("/etc/new");
    }

    [Fact]
    public async Task Files_in_declared_directories_are_made_with_them_and_removed_with_them()
    {
        Resource[] present = [new FileResource("/srv/a/x") { Content = "x" }, new DirectoryResource("/srv/a") { Mode = "0750", Owner = "www-data" }, new DirectoryResource("/srv")];
        (await _machine.ApplyAsync(present)).Changed.ShouldBe(3);
        _machine.Dump("/srv").ShouldBe(
            $"Directory /srv {0b111_101_101} 0:0\nDirectory /srv/a {0b111_101_000} 33:0\nFile /srv/a/x {0b110_100_100} 0:0 x\n");
        var absent = await _machine.ApplyAsync(
            new DirectoryResource("/srv") { IsAbsent = true }, new DirectoryResource("/srv/a") { IsAbsent = true }, new FileResource("/srv/a/x") { IsAbsent = true });
        absent.Changed.ShouldBe(3);
        _machine.Stat("/srv").ShouldBeNull();
    }

    private static SourceLocation At(int line) => new("fleet.cs", line);
}
