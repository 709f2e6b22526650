using Flotilla.Core;
using Flotilla.Images.Configuration;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Configuration;

public sealed class ImageConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ImageConfiguration Load(params (string File, string Text)[] files)
    {
        foreach (var (file, text) in files) _folder.Write(file, text);
        return ImageConfiguration.Load(Path.GetDirectoryName(_folder.File(files[^1].File))!);
    }

    private string Problems(params (string File, string Text)[] files) =>
        string.Join('\n', Should.Throw<ProblemException>(() => Load(files)).Problems);

    [Fact]
    public void Folders_are_searched_upwards_until_one_has_no_file()
    {
        _folder.Write("image.yaml", "image: { name: far }");
        var configuration = Load(("a/b/image.yaml", "image: { name: b }"), ("a/b/c/image.yaml", ""), ("a/b/c/d/image.yaml", ""));
        configuration.Files.ShouldBe([_folder.File("a/b/image.yaml"), _folder.File("a/b/c/image.yaml"), _folder.File("a/b/c/d/image.yaml")]);
        configuration.GraphFolder.ShouldBe(_folder.File("a/b/graph"));
        configuration.Folder.ShouldBe(_folder.File("a/b/c/d"));
        configuration.Name!.Value.ShouldBe("b");
    }

    [Fact]
    public void Keys_of_image_merge_one_by_one()
    {
        var configuration = Load(
            ("image.yaml", "image: { name: parent, upstream: base, source: 'tar:base.tar' }"),
            ("child/image.yaml", "image:\n  name: child"));
        (configuration.Name!.Value, configuration.Upstream!.Value, configuration.Source!.Value).ShouldBe(("child", "base", "tar:" + _folder.File("base.tar")));
        configuration.Name.Where.ToString().ShouldBe("image.yaml(2,9)");
        configuration.Upstream.Where.ToString().ShouldBe("../image.yaml(1,34)");
    }

    [Fact]
    public void Another_upstream_leaves_the_source_of_the_parents_behind() =>
        Load(("image.yaml", "image: { upstream: base, source: 'tar:base.tar' }"), ("child/image.yaml", "image: { name: child, upstream: other }")).Source.ShouldBeNull();

    [Fact]
    public void Scalars_of_settings_override_where_they_are_said()
    {
        var settings = Load(
            ("image.yaml", "settings: { folder: /a, user: root, privileged: true, attach: true, purge: false, hostname: h, network: none }"),
            ("child/image.yaml", "settings: { folder: /b, privileged: false }")).Settings;
        settings.Folder!.Value.ShouldBe("/b");
        settings.User!.Value.ShouldBe("root");
        settings.Privileged!.Value.ShouldBeFalse();
        settings.Attach!.Value.ShouldBeTrue();
        settings.Purge!.Value.ShouldBeFalse();
        settings.Hostname!.Value.ShouldBe("h");
        settings.Network!.Value.ShouldBe(ContainerNetwork.None);
    }

    [Fact]
    public void Lists_append_behind_the_parents()
    {
        var settings = Load(
            ("image.yaml", "settings: { mounts: [[., /a, ro]], ports: ['80:80'], dns: [10.0.0.1], environment: { A: 1 }, limits: { nofile: 10 } }"),
            ("child/image.yaml", "settings: { mounts: [[., /b, rw]], ports: [[81, 8081]], dns: [10.0.0.2], environment: { B: 2 }, limits: { nproc: '1:unlimited' } }")).Settings;
        settings.Mounts.Select(each => each.Value).ShouldBe([new Mount(_folder.Path, "/a", false), new Mount(_folder.File("child"), "/b", true)]);
        settings.Ports.Select(each => each.Value).ShouldBe([new PortMapping(80, 80), new PortMapping(81, 8081)]);
        settings.Dns.Select(each => each.Value).ShouldBe(["10.0.0.1", "10.0.0.2"]);
        settings.Environment.Select(each => (each.Key, each.Value.Value)).ShouldBe([("A", "1"), ("B", "2")]);
        settings.Limits.Select(each => each.Value).ShouldBe([new ResourceLimit("nofile", 10, 10), new ResourceLimit("nproc", 1, null)]);
    }

    [Fact]
    public void A_list_marked_replace_drops_what_the_parents_say()
    {
        var settings = Load(
            ("image.yaml", "settings: { mounts: [[., /a, ro]], dns: [10.0.0.1], environment: { A: 1 }, ports: ['1:1'] }"),
            ("child/image.yaml", "settings: { mounts: !replace [[., /b, ro]], dns: !replace [], environment: !replace { B: 2 }, ports: !append ['2:2'] }")).Settings;
        settings.Mounts.ShouldHaveSingleItem().Value.To.ShouldBe("/b");
        settings.Dns.ShouldBeEmpty();
        settings.Environment.ShouldHaveSingleItem().Key.ShouldBe("B");
        settings.Ports.Count.ShouldBe(2);
    }

    [Fact]
    public void An_entry_about_the_same_thing_takes_the_parents_place()
    {
        var settings = Load(
            ("image.yaml", "settings: { mounts: [[., /a, ro], [., /b, ro]], environment: { A: 1, B: 1 }, ports: ['80:80'], limits: { core: 0 } }"),
            ("child/image.yaml", "settings: { mounts: [[/x, /a/, rw]], environment: { A: , B: '' }, ports: ['80:90'], limits: { core: unlimited } }")).Settings;
        settings.Mounts.Select(each => each.Value.To).ShouldBe(["/a", "/b"]);
        settings.Mounts[0].Value.ShouldBe(new Mount("/x", "/a", true));
        settings.Environment.Select(each => (each.Key, each.Value.Value)).ShouldBe([("A", null), ("B", "")]);
        settings.Ports.ShouldHaveSingleItem().Value.ShouldBe(new PortMapping(80, 90));
        settings.Limits.ShouldHaveSingleItem().Value.ShouldBe(new ResourceLimit("core", null, null));
    }

    [Fact]
    public void Mounts_are_relative_to_the_file_that_says_them_or_to_the_image()
    {
        var configuration = Load(
            ("image.yaml", "settings:\n  mounts: [[./scripts, /scripts, ro], [$image, /image, ro], [$image/etc, /x, ro], { from: .., to: /up }]\ntargets:\n  run:\n    mounts: [[data, /data, rw]]"),
            ("child/image.yaml", ""));
        configuration.Target("run").Mounts.Select(each => each.Value.From).ShouldBe(
            [_folder.File("scripts"), _folder.File("child"), _folder.File("child", "etc"), Path.GetDirectoryName(_folder.Path)!, _folder.File("data")]);
    }

    [Fact]
    public void Targets_inherit_from_those_of_the_same_name_above_and_from_all_settings()
    {
        var configuration = Load(
            ("image.yaml", "settings: { folder: /all, user: root }\ntargets:\n  build: { command: [/build.sh], environment: { A: 1 } }\n  shell: { command: [/bin/sh] }"),
            ("child/image.yaml", "settings: { folder: /child }\ntargets:\n  build: { environment: { B: 2 } }\n  run: { command: [shop], folder: /run }"));
        configuration.Targets.ShouldBe(["build", "shell", "run"]);
        var build = configuration.Target("build");
        build.Command!.Value.ShouldBe(["/build.sh"]);
        build.Folder!.Value.ShouldBe("/child");
        build.Environment.Select(each => each.Key).ShouldBe(["A", "B"]);
        configuration.Target("run").Folder!.Value.ShouldBe("/run");
        configuration.Target("run").User!.Value.ShouldBe("root");
    }

    [Fact]
    public void An_unknown_target_is_refused_with_a_suggestion()
    {
        var configuration = Load(("image.yaml", "targets: { build: { command: [a] }, run: { command: [b] } }"));
        Should.Throw<ProblemException>(() => configuration.Target("biuld")).Message.ShouldBe("image.yaml: There is no target \"biuld\". Did you mean \"build\"?");
    }

    [Fact]
    public void All_mistakes_of_all_files_are_told_at_once_with_their_places() => Snapshot.Matches(Problems(
        ("image.yaml", """
            image:
              nmae: shop
              source: tar:x.tar
            settngs: {}
            settings:
              command: [a]
              folder: work
              privileged: yes
              network: bridge
              mounts:
                - [., /work]
                - [., work, ro]
                - [., /work, rx]
                - ./a:/b
                - { from: a, too: /b }
              ports: [0, '80:x', 'a:b', [80, 70000]]
              dns: example.com
            """),
        ("child/image.yaml", """
            image: shop
            settings:
              dns: [example.com, 10.0.0.1]
              environment: [A=1]
              limits: { nofiles: 10, nofile: many, core: '2:1' }
              mounts: !remove [[., /a, ro]]
              attach: [true]
              user:
            targets:
              build: { command: make, enviroment: {} }
              run: { command: [] , environment: { A: [1] } }
              test: { command: [[a]] }
            """)), "mistakes");

    [Fact]
    public void A_file_that_is_no_yaml_is_refused_with_the_place() =>
        Snapshot.Matches(Problems(("image.yaml", "image:\n  name: a: b\n")) + "\n" + Problems(("two/image.yaml", "image: {}\nimage: {}\n")) + "\n" + Problems(("three/image.yaml", "a\n---\nb\n"))
            + "\n" + Problems(("four/image.yaml", "settings: &a { environment: *a }\n")), "no-yaml");

    [Fact]
    public void The_example_of_the_documentation_is_right()
    {
        var page = File.ReadAllText(Repository.File("docs/image-yaml.md"));
        const string fence = "```yaml\n";
        var start = page.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        var configuration = Load(("image.yaml", page[start..page.IndexOf("```", start, StringComparison.Ordinal)]));
        configuration.Targets.ShouldBe(["build", "run"]);
        configuration.Target("run").Ports.ShouldHaveSingleItem().Value.ShouldBe(new PortMapping(8080, 8080));
    }

    [Fact]
    public void A_folder_without_a_file_is_refused() =>
        Should.Throw<ProblemException>(() => ImageConfiguration.Load(_folder.Path)).Problems.ShouldHaveSingleItem().What.ShouldStartWith("There is no image.yaml in ");

    [Fact]
    public void A_name_that_cannot_be_one_is_refused_where_it_is_said() =>
        Should.Throw<ProblemException>(() => Load(("image.yaml", "image: { name: 'a b' }")).RequireName()).Message.ShouldStartWith("image.yaml(1,16): \"a b\" is no name for an image.");
}
