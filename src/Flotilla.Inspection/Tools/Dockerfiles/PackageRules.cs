namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>Rules about installing packages: versions named, nobody asked, nothing left behind.</summary>
internal static class PackageRules
{
    private static readonly string[] PipValues = ["-r", "--requirement", "-c", "--constraint", "-t", "--target", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--prefix", "--root", "--python", "--platform", "--trusted-host", "--cache-dir", "--timeout", "--retries", "--abi", "--implementation", "--python-version", "--src", "--upgrade-strategy", "--progress-bar", "--report", "--config-settings", "--global-option", "--no-binary", "--only-binary", "--proxy", "--cert", "--log", "-e", "--editable"];

    private static readonly string[] NpmValues = ["--prefix", "--registry", "--cache", "-C", "--loglevel"];

    private static readonly string[] PipVersions = ["==", ">=", "<=", "!=", "~=", ">", "<", "@"];

    public static IReadOnlyList<DockerRule> All { get; } =
    [
        DockerRule.OnCommand("DL3005", Severity.Error, (_, command) => command.Program == "apt-get" && command.Operands().Contains("dist-upgrade", StringComparer.Ordinal) ? "\"apt-get dist-upgrade\" makes another system of the image: take a newer base image." : null),
        DockerRule.OnCommand("DL3008", Severity.Warning, (_, command) => Installs(command, "apt-get", "install", "-t", "--target-release", "-o", "--option", "-c") is { } packages && Loose(packages, "=", ".deb", "/") is { } one ? Pin(one, $"{one}=VERSION") : null),
        new("DL3009", Severity.Note, (file, _) => from stage in file.Stages where file.IsBuilt(stage) from run in stage.Of("RUN")
            where run.Commands.Any(command => command.Program is "apt-get" or "apt" or "aptitude" && command.Operands().Contains("update", StringComparer.Ordinal)) && !Removes(run, "/var/lib/apt/lists") && !run.Mounts("/var/lib/apt/lists")
            select (run, "The lists of packages stay in the image: end with \"rm -rf /var/lib/apt/lists/*\".")),
        DockerRule.OnCommand("DL3013", Severity.Warning, (_, command) => PipInstalls(command) is { } packages && packages.FirstOrDefault(package => !PipVersions.Any(package.Contains) && !IsPath(package)) is { } one ? Pin(one, $"{one}==VERSION, or a file of requirements") : null),
        Asks("DL3014", "apt-get", "-y", "-y", "--yes", "--assume-yes", "-qq"),
        DockerRule.OnCommand("DL3015", Severity.Note, (_, command) => Installs(command, "apt-get", "install") is not null && !command.Has("--no-install-recommends") && !command.Arguments.Any(argument => argument.Contains("Install-Recommends=", StringComparison.OrdinalIgnoreCase))
            ? "Recommended packages are installed too: give --no-install-recommends." : null),
        DockerRule.OnCommand("DL3016", Severity.Warning, (_, command) => (Installs(command, "npm", "install", NpmValues) ?? Installs(command, "npm", "i", NpmValues)) is { } packages && packages.FirstOrDefault(package => !NamesVersion(package)) is { } one ? Pin(one, $"{one}@VERSION") : null),
        DockerRule.OnCommand("DL3018", Severity.Warning, (_, command) => Installs(command, "apk", "add", "-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file") is { } packages && Loose(packages, "=", "~", "<", ">", ".apk") is { } one ? Pin(one, $"{one}=VERSION") : null),
        DockerRule.OnCommand("DL3019", Severity.Note, (run, command) => Installs(command, "apk", "add") is not null && !command.Has("--no-cache") && !run.Mounts("/var/cache/apk") ? "apk's index stays in the image: give --no-cache." : null),
        DockerRule.OnCommand("DL3027", Severity.Warning, (_, command) => command.Program == "apt" ? "\"apt\" is made for people and changes its ways: use apt-get or apt-cache." : null),
        DockerRule.OnCommand("DL3028", Severity.Warning, (_, command) => Installs(command, "gem", "install", "-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-P", "--source") is { } gems && !command.Has("-v", "--version") && Loose(gems, ":", ".gem") is { } one ? Pin(one, $"{one}:VERSION") : null),
        Asks("DL3030", "yum", "-y", "-y", "--assumeyes"),
        Leaves("DL3032", "yum", "yum clean all", "/var/cache/yum"),
        DockerRule.OnCommand("DL3033", Severity.Warning, (_, command) => Installs(command, "yum", "install") is { } packages && RpmLoose(packages) is { } one ? Pin(one, $"{one}-VERSION") : null),
        Asks("DL3034", "zypper", "-n", "-n", "--non-interactive", "-y", "--no-confirm"),
        DockerRule.OnCommand("DL3035", Severity.Warning, (_, command) => command.Program == "zypper" && command.Operands().Any(word => word is "dup" or "dist-upgrade") ? "\"zypper dist-upgrade\" makes another system of the image: take a newer base image." : null),
        Leaves("DL3036", "zypper", "zypper clean", "/var/cache/zypp"),
        DockerRule.OnCommand("DL3037", Severity.Warning, (_, command) => (Installs(command, "zypper", "install") ?? Installs(command, "zypper", "in")) is { } packages && Loose(packages, "=", "<", ">", ".rpm") is { } one ? Pin(one, $"{one}=VERSION") : null),
        Asks("DL3038", "dnf", "-y", "-y", "--assumeyes"),
        Leaves("DL3040", "dnf", "dnf clean all", "/var/cache/dnf", "/var/cache/libdnf5"),
        DockerRule.OnCommand("DL3041", Severity.Warning, (_, command) => (Installs(command, "dnf", "install") ?? Installs(command, "microdnf", "install")) is { } packages && RpmLoose(packages) is { } one ? Pin(one, $"{one}-VERSION") : null),
        DockerRule.OnStage("DL3042", Severity.Warning, (_, stage) => from run in stage.Of("RUN")
            where run.Commands.Any(command => PipInstalls(command) is not null && !command.Has("--no-cache-dir")) && !run.Mounts("/root/.cache/pip")
                && !stage.Of("ENV").Any(env => env.Line < run.Line && DockerWords.Pairs(env).Any(pair => pair is { Name: "PIP_NO_CACHE_DIR", Value: not ("0" or "false" or "off" or "no") }))
            select (run, "pip's cache stays in the image: give --no-cache-dir.")),
        DockerRule.On("RUN", "DL3060", Severity.Note, run => run.Commands.Any(command => command.Program == "yarn" && command.Arguments.FirstOrDefault() == "install") && !run.Mounts("/root/.yarn") && !run.Mounts("/usr/local/share/.cache/yarn") && !run.Commands.Any(command => command.Program == "yarn" && command.Arguments is ["cache", "clean", ..])
            ? "yarn's cache stays in the image: end with \"yarn cache clean\"." : null),
    ];

    private static string Pin(string package, string how) => $"\"{package}\" has no version, so that the image depends on the day it is built: write {how}.";

    // Null when the command installs nothing of this kind.
    private static string[]? Installs(ShellCommand command, string program, string verb, params string[] flagsWithValue) =>
        command.Program == program && command.Operands(flagsWithValue) is [var said, .. var packages] && said == verb ? packages : null;

    private static string[]? PipInstalls(ShellCommand command)
    {
        var arguments = command.Arguments;
        if (command.Program.StartsWith("python", StringComparison.Ordinal) && arguments is ["-m", "pip", ..]) arguments = arguments[2..];
        else if (!command.Program.StartsWith("pip", StringComparison.Ordinal) || !command.Program[3..].All(c => char.IsAsciiDigit(c) || c == '.')) return null;
        return new ShellCommand("pip", arguments, command.Piped).Operands(PipValues) is ["install", .. var packages] ? packages : null;
    }

    private static string? Loose(string[] packages, params string[] marks) => packages.FirstOrDefault(package => !package.Contains('$') && !marks.Any(package.Contains));

    // NAME-VERSION: a hyphen before a digit. Groups and files are taken as they are.
    private static string? RpmLoose(string[] packages) => packages.FirstOrDefault(package =>
        !package.Contains('$') && !package.StartsWith('@') && !package.EndsWith(".rpm", StringComparison.Ordinal) && !package.Zip(package.Skip(1)).Any(pair => pair is { First: '-', Second: >= '0' and <= '9' }));

    private static bool IsPath(string word) => word.Contains('$') || word is "." || word.StartsWith("./", StringComparison.Ordinal) || word.StartsWith("../", StringComparison.Ordinal) || word.StartsWith(".[", StringComparison.Ordinal) || word.StartsWith('/') || word.Contains("://", StringComparison.Ordinal)
        || word.EndsWith(".whl", StringComparison.Ordinal) || word.EndsWith(".tar.gz", StringComparison.Ordinal) || word.EndsWith(".zip", StringComparison.Ordinal);

    private static bool NamesVersion(string package) => IsPath(package) || package.IndexOf('@', 1) > 0 || package.Contains('#') || package.EndsWith(".tgz", StringComparison.Ordinal);

    private static DockerRule Asks(string code, string program, string shown, params string[] answers) => DockerRule.OnCommand(code, Severity.Warning, (_, command) =>
        command.Program == program && command.Operands() is var words && words.Any(word => word is "install" or "in" or "remove" or "rm" or "upgrade" or "groupinstall" or "localinstall") && !command.Has(answers) && !IsTwiceQuiet(command)
            ? $"{program} asks before it goes on, and nobody answers: give {shown}." : null);

    // "-q -q" and "-qq" imply an answer for apt-get (apt-get(8)).
    private static bool IsTwiceQuiet(ShellCommand command) => command.Program == "apt-get" && (command.Arguments.Count(argument => argument is "-q" or "--quiet") > 1 || command.Has("--quiet=2", "-q=2"));

    private static DockerRule Leaves(string code, string program, string clean, params string[] folders) => DockerRule.On("RUN", code, Severity.Warning, run =>
        run.Commands.Any(command => command.Program == program && command.Operands().Any(word => word is "install" or "in" or "update" or "upgrade" or "groupinstall"))
            && !run.Commands.Any(command => command.Program == program && command.Operands().Any(word => word is "clean" or "cc")) && !folders.Any(folder => Removes(run, folder) || run.Mounts(folder))
            ? $"{program}'s cache stays in the image: end with \"{clean}\"." : null);

    private static bool Removes(DockerInstruction run, string folder) => run.Commands.Any(command => command.Program == "rm" && command.Has("-r", "-R", "--recursive") && command.Arguments.Any(argument => argument.StartsWith(folder, StringComparison.Ordinal)));
}
