using Flotilla.Inspection.Tools.Dockerfiles;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Inspection.Tests.Tools.Dockerfiles;

public sealed class DockerfileToolTests
{
    private static readonly DockerSettings Plain = new([]);

    [Theory]
    [InlineData("DL3000", "FROM a:1\nWORKDIR app\n", "FROM a:1\nWORKDIR /app\nWORKDIR $HOME/x\nWORKDIR C:\\\\x\n")]
    [InlineData("DL3001", "FROM a:1\nRUN ssh host\n", "FROM a:1\nRUN echo ssh\n")]
    [InlineData("DL3002", "FROM a:1\nUSER app\nUSER root\n", "FROM a:1\nUSER root\nRUN x\nUSER app:app\n")]
    [InlineData("DL3003", "FROM a:1\nRUN make && cd /x && make\n", "FROM a:1\nRUN echo 'a && cd /x'\n")]
    [InlineData("DL3004", "FROM a:1\nRUN true; sudo make\n", "FROM a:1\nRUN install-sudo\n")]
    [InlineData("DL3005", "FROM a:1\nRUN apt-get -y dist-upgrade\n", "FROM a:1\nRUN apt-get -y upgrade\n")]
    [InlineData("DL3006", "FROM debian\n", "FROM debian:12 AS build\nFROM build\nFROM scratch\nFROM $X\nFROM h:5000/d@sha256:00\n")]
    [InlineData("DL3006", "FROM host:5000/debian\n", "FROM host:5000/debian:12\n")]
    [InlineData("DL3007", "FROM debian:latest\n", "FROM debian:latest@sha256:00\n")]
    [InlineData("DL3008", "FROM a:1\nRUN apt-get install -y \\\n  # why\n  curl\n", "FROM a:1\nRUN apt-get install -y -t sid curl=7.1 ./x.deb $MORE\n")]
    [InlineData("DL3009", "FROM a:1\nRUN apt-get update && apt-get install -y x=1\n", "FROM a:1\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n")]
    [InlineData("DL3010", "FROM a:1\nCOPY x.tar.gz /tmp/\nRUN tar -xzf /tmp/x.tar.gz\n", "FROM a:1\nCOPY x.tar.gz /tmp/\nRUN ls /tmp/x.tar.gz\n")]
    [InlineData("DL3011", "FROM a:1\nEXPOSE 80 65536/tcp\n", "FROM a:1\nEXPOSE 80/udp 8000-9000 $PORT\n")]
    [InlineData("DL3012", "FROM a:1\nHEALTHCHECK CMD x\nHEALTHCHECK NONE\n", "FROM a:1\nHEALTHCHECK CMD x\nFROM b:1\nHEALTHCHECK CMD x\n")]
    [InlineData("DL3013", "FROM a:1\nRUN python3 -m pip install -U requests\n", "FROM a:1\nRUN pip install -r x.txt 'a==1' 'b>=2' . -c c.txt git+https://x/y ./w.whl\n")]
    [InlineData("DL3014", "FROM a:1\nRUN apt-get install x=1\n", "FROM a:1\nRUN apt-get -qy install x=1; apt-get install -qq x=1; apt-get --yes install x=1\n")]
    [InlineData("DL3015", "FROM a:1\nRUN apt-get install -y x=1\n", "FROM a:1\nRUN apt-get install -y --no-install-recommends x=1\n")]
    [InlineData("DL3016", "FROM a:1\nRUN npm install -g express\n", "FROM a:1\nRUN npm install && npm install -g express@4 @x/y@1 ./z\n")]
    [InlineData("DL3018", "FROM a:1\nRUN apk add --virtual .build gcc\n", "FROM a:1\nRUN apk add --no-cache -t .build gcc=1 musl~1\n")]
    [InlineData("DL3019", "FROM a:1\nRUN apk add x=1\n", "FROM a:1\nRUN apk add --no-cache x=1\nRUN --mount=type=cache,target=/var/cache/apk apk add x=1\n")]
    [InlineData("DL3020", "FROM a:1\nADD src /src\n", "FROM a:1\nADD https://x/y /y\nADD x.tar.gz /x\n")]
    [InlineData("DL3021", "FROM a:1\nCOPY a b c\n", "FROM a:1\nCOPY a b c/\nCOPY [\"a\", \"b\", \"c/\"]\nCOPY a b\n")]
    [InlineData("DL3022", "FROM a:1\nCOPY --from=build a /b\n", "FROM a:1 AS build\nFROM b:1\nCOPY --from=BUILD a /b\nCOPY --from=0 a /b\nCOPY --from=x:1 a /b\n")]
    [InlineData("DL3023", "FROM a:1 AS me\nCOPY --from=me a /b\n", "FROM a:1 AS me\nFROM b:1\nCOPY --from=me a /b\n")]
    [InlineData("DL3024", "FROM a:1 AS x\nFROM b:1 AS X\n", "FROM a:1 AS x\nFROM b:1 AS y\nFROM c:1\nFROM d:1\n")]
    [InlineData("DL3025", "FROM a:1\nCMD nginx -g off\n", "FROM a:1\nCMD [\"nginx\"]\nENTRYPOINT [ \"x\" ]\n")]
    [InlineData("DL3027", "FROM a:1\nRUN apt install x\n", "FROM a:1\nRUN apt-get install x\n")]
    [InlineData("DL3028", "FROM a:1\nRUN gem install rake\n", "FROM a:1\nRUN gem install rake:1 && gem install rake -v 1\n")]
    [InlineData("DL3029", "FROM --platform=linux/amd64 a:1\n", "FROM --platform=$BUILDPLATFORM a:1\n")]
    [InlineData("DL3030", "FROM a:1\nRUN yum install x-1\n", "FROM a:1\nRUN yum install -y x-1\n")]
    [InlineData("DL3032", "FROM a:1\nRUN yum install -y x-1\n", "FROM a:1\nRUN yum install -y x-1 && yum clean all\n")]
    [InlineData("DL3033", "FROM a:1\nRUN yum install -y gcc-c++\n", "FROM a:1\nRUN yum install -y gcc-12 @group\n")]
    [InlineData("DL3034", "FROM a:1\nRUN zypper in x=1\n", "FROM a:1\nRUN zypper -n in x=1\n")]
    [InlineData("DL3035", "FROM a:1\nRUN zypper dup\n", "FROM a:1\nRUN zypper -n update\n")]
    [InlineData("DL3036", "FROM a:1\nRUN zypper -n in x=1\n", "FROM a:1\nRUN zypper -n in x=1 && zypper clean\n")]
    [InlineData("DL3037", "FROM a:1\nRUN zypper -n install x\n", "FROM a:1\nRUN zypper -n install x=1\n")]
    [InlineData("DL3038", "FROM a:1\nRUN dnf install x-1\n", "FROM a:1\nRUN dnf -y install x-1\n")]
    [InlineData("DL3040", "FROM a:1\nRUN dnf -y install x-1\n", "FROM a:1\nRUN dnf -y install x-1 && dnf clean all\n")]
    [InlineData("DL3041", "FROM a:1\nRUN microdnf -y install x\n", "FROM a:1\nRUN dnf -y install x-1\n")]
    [InlineData("DL3042", "FROM a:1\nRUN pip3 install a==1\n", "FROM a:1\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a==1\nFROM b:1\nRUN pip install --no-cache-dir a==1\n")]
    [InlineData("DL3043", "FROM a:1\nONBUILD FROM b:1\n", "FROM a:1\nONBUILD RUN x\n")]
    [InlineData("DL3044", "FROM a:1\nENV A=1 B=${A}x\n", "FROM a:1\nENV A=1\nENV A=2 B=$A\nENV PATH=$PATH:/x\n")]
    [InlineData("DL3045", "FROM a:1\nCOPY a b\n", "FROM a:1 AS x\nWORKDIR /w\nCOPY a b\nFROM x\nCOPY a b\n")]
    [InlineData("DL3046", "FROM a:1\nRUN useradd -u 123456 x\n", "FROM a:1\nRUN useradd -l -u 123456 x && useradd --uid=999 y\n")]
    [InlineData("DL3047", "FROM a:1\nRUN wget https://x\n", "FROM a:1\nRUN wget -nv https://x; wget -qO- https://x; wget --progress=dot:giga https://x\n")]
    [InlineData("DL3048", "FROM a:1\nLABEL Some_Key=1\n", "FROM a:1\nLABEL org.x.a-b=1 version=\"1 2\"\n")]
    [InlineData("DL3059", "FROM a:1\nRUN a\nRUN b\n", "FROM a:1\nRUN a\nCOPY a /b\nRUN b\nRUN --mount=type=cache,target=/x c\n")]
    [InlineData("DL3060", "FROM a:1\nRUN yarn install\n", "FROM a:1\nRUN yarn install && yarn cache clean\n")]
    [InlineData("DL3061", "RUN x\nFROM a:1\n", "# x\nARG A=1\nFROM a:1\n")]
    [InlineData("DL4000", "FROM a:1\nMAINTAINER me\n", "FROM a:1\nLABEL maintainer=me\n")]
    [InlineData("DL4001", "FROM a:1\nRUN wget -q x\nRUN curl x\n", "FROM a:1\nRUN wget -q x\nFROM b:1\nRUN curl x\n")]
    [InlineData("DL4003", "FROM a:1\nCMD [\"a\"]\nCMD [\"b\"]\n", "FROM a:1\nCMD [\"a\"]\nFROM b:1\nCMD [\"b\"]\n")]
    [InlineData("DL4004", "FROM a:1\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n", "FROM a:1\nENTRYPOINT [\"a\"]\n")]
    [InlineData("DL4005", "FROM a:1\nRUN ln -sf /bin/bash /bin/sh\n", "FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN ln -s a b\n")]
    [InlineData("DL4006", "FROM a:1\nRUN curl x | sh\n", "FROM a:1 AS b\nRUN a || b\nRUN set -o pipefail && a | b\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\nFROM b\nRUN a | b\n")]
    public void A_rule_is_broken_by_one_and_not_by_the_other(string code, string broken, string kept)
    {
        Codes(broken).ShouldContain(code);
        Codes(kept).ShouldNotContain(code);
        Codes(kept).ShouldNotContain("DL1000");
    }

    [Fact]
    public void Each_rule_has_its_test_and_its_page()
    {
        var tested = typeof(DockerfileToolTests).GetMethod(nameof(A_rule_is_broken_by_one_and_not_by_the_other))!.GetCustomAttributesData().Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => (string)((IReadOnlyCollection<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!).First().Value!).Append("DL3026").ToHashSet();
        DockerRule.All.Select(rule => rule.Code).Where(code => !tested.Contains(code)).ShouldBeEmpty();
        Inspect("FROM debian\n")[0].Finding.DocUrl.ShouldBe("https://github.com/hadolint/hadolint/wiki/DL3006");
    }

    [Fact]
    public void What_a_build_would_refuse_is_told_with_its_line() => Snapshot.Matches(
        string.Join('\n', ((string[])["", "# only\n", "FROM a:1\nRNU x\n", "FROM a:1\nRUN\n", "FROM a:1\nRUN <<EOF\necho\n", "FROM a:1\n\tCOPPY a b\n", "FROM a:1\n\"x\"\n"])
            .SelectMany(text => Inspect(text).Where(found => found.Finding.Code == "DL1000").Select(found => $"{text.ReplaceLineEndings("⏎")} {found.Finding.Location.Line}: {found.Finding.Message}"))), "mistakes");

    [Fact]
    public void Continued_lines_heredocs_and_directives_are_read()
    {
        var file = DockerfileParser.Parse("# escape=`\r\n# comment\r\nARG A\r\nfrom a:1 as b\r\nRUN one `\r\n  # between\r\n\r\n  two\r\nRUN <<-EOF cat\r\n\tcd /x\r\n\tEOF\r\nCOPY <<A <<'B' /x/\r\na\r\nA\r\nb\r\nB\r\nCMD [\"a\", \"b\"]");
        file.Mistakes.ShouldBeEmpty();
        file.Instructions.Select(each => $"{each.Keyword} {each.Line}-{each.EndLine} {each.Text}").ShouldBe(["ARG 3-3 A", "FROM 4-4 a:1 as b", "RUN 5-8 one    two", "RUN 9-11 <<-EOF cat", "COPY 12-16 <<A <<'B' /x/", "CMD 17-17 [\"a\", \"b\"]"]);
        file.Instructions[4].Heredocs.ShouldBe(["a\n", "b\n"]);
        file.Instructions[3].Commands.ShouldHaveSingleItem().Program.ShouldBe("cd");
        file.Stages.ShouldHaveSingleItem().Alias.ShouldBe("b");
    }

    [Fact]
    public void Commands_are_found_in_what_a_shell_would_run() =>
        ShellCommands.Of("A=1 B=2 /usr/bin/env x; if ! test -f 'a;b' ; then (cd \"$(pwd; basename `id -u`)\" && make >log 2>&1 -j2) | tee x & fi # cd y\nfor i in a b; do echo \"$i | $(( 1 | 2 ))\"; done")
            .Select(command => $"{command.Program}({string.Join(",", command.Arguments)}){(command.Piped ? "|" : "")}")
            .ShouldBe(["env(x)", "test(-f,a;b)", "pwd()", "id(-u)", "basename(`id -u`)", "cd($(pwd; basename `id -u`))", "make(-j2)", "tee(x)", "1()|", "2()", "echo($i | $(( 1 | 2 )))"]);

    [Fact]
    public async Task Comments_and_settings_of_hadolint_hold()
    {
        using var project = new Project().With("Dockerfile", "# hadolint global ignore=DL3003\n# hadolint ignore=DL3006,DL3029\nFROM debian\n# hadolint ignore=DL3004\n# and why\nRUN cd /x && sudo y\nRUN sudo z\nFROM other.example/x:1\n")
            .With(".hadolint.yaml", "ignored: [DL3059]\noverride:\n  warning: [DL3004]\ntrustedRegistries: [docker.io]\n");
        var report = await project.InspectAsync("dockerfile");
        report.Findings.Select(finding => $"{finding.Location.Line} {finding.Code} {finding.Severity}").ShouldBe(["7 DL3004 Warning", "8 DL3026 Error"]);
        report.Suppressed.Select(one => $"{one.Finding.Location.Line} {one.Finding.Code} by line {one.Line}").ShouldBe(["3 DL3006 by line 2", "6 DL3003 by line 1", "6 DL3004 by line 4"]);
        project.With(".hadolint.yaml", "ignored: [\n");
        (await project.InspectAsync("dockerfile")).Tools.ShouldHaveSingleItem().Problem!.Where!.Value.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Any_text_is_read_without_failing() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new System.Random(seed);
            string[] parts = ["FROM ", "RUN ", "COPY ", "ENV ", "USER ", "LABEL ", "EXPOSE ", "ONBUILD ", "a:1", " AS b", "\\\n", "\n", " ", "<<EOF", "EOF\n", "# x", "\"", "'", "`", "$(", ")", "${", "}", "[", "]", "--from=b ", "--", "=", "|", "&&", "apt-get install ", "\0", "ü", "\r\n", "pip install ", ":", "@", "cd "];
            _ = Inspect(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => parts[random.Next(parts.Length)])));
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<string> Codes(string text) => Inspect(text).Select(found => found.Finding.Code);

    private static List<(Finding Finding, DockerComment? By)> Inspect(string text) => [.. DockerfileTool.Inspect("Dockerfile", text, Plain)];
}
