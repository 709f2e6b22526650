using System.Diagnostics;

namespace Flotilla.Benchmarks.Images;

/// <summary>
/// Three versions of a Debian root as tars: a debootstrap minbase, the same with python3 and nginx, and that with three small edits:
/// a line of configuration, the host's name, a line of a log. They are made once and kept.
/// </summary>
internal sealed class DebianRoots(string folder)
{
    private const string Script = """
        set -e
        cd "$1"
        [ -f root.made ] || { rm -rf root; debootstrap --variant=minbase bookworm root; touch root.made; }
        rm -rf root/var/cache/apt/archives/*.deb root/var/cache/apt/*.bin root/var/lib/apt/lists/*
        pack() { tar --sort=name --numeric-owner --format=pax --pax-option=delete=atime,delete=ctime --xattrs -C root -cf "$1.part" . && mv "$1.part" "$1"; }
        pack v1.tar
        printf '#!/bin/sh\nexit 101\n' > root/usr/sbin/policy-rc.d
        chmod 755 root/usr/sbin/policy-rc.d
        DEBIAN_FRONTEND=noninteractive chroot root sh -c 'apt-get update -qq; apt-get install -y -qq --no-install-recommends python3 nginx'
        rm -rf root/usr/sbin/policy-rc.d root/var/cache/apt/archives/*.deb root/var/cache/apt/*.bin root/var/lib/apt/lists/*
        pack v2.tar
        echo 'server_tokens off;' > root/etc/nginx/conf.d/tokens.conf
        echo 'web1' > root/etc/hostname
        cp -p root/var/log/apt/history.log history.log
        echo 'a line of log' >> root/var/log/apt/history.log
        pack v3-short-log.tar
        cp -p history.log root/var/log/apt/history.log
        echo 'a line of log' >> root/var/log/dpkg.log
        pack v3.tar
        """;

    /// <summary>Where they are kept unless somebody says otherwise.</summary>
    public static string DefaultFolder => Path.Combine(Path.GetTempPath(), "flotilla-benchmark-images");

    public string First => Path.Combine(folder, "v1.tar");

    public string Second => Path.Combine(folder, "v2.tar");

    /// <summary>The log is that of dpkg: 60 KB.</summary>
    public string Third => Path.Combine(folder, "v3.tar");

    /// <summary>The log is that of apt: 1.5 KB.</summary>
    public string ThirdShortLog => Path.Combine(folder, "v3-short-log.tar");

    /// <exception cref="InvalidOperationException">They are not there and cannot be made.</exception>
    public async Task MakeAsync()
    {
        if (new[] { First, Second, Third, ThirdShortLog }.All(File.Exists)) return;
        if (!Environment.IsPrivilegedProcess || !Measured.IsInstalled("debootstrap"))
            throw new InvalidOperationException($"The tars v1, v2, v3 and v3-short-log are not all in {folder}. To make them, run this as root with Debian's package debootstrap installed and a Debian mirror within reach, or name a folder that has them with --images.");
        Directory.CreateDirectory(folder);
        System.Console.WriteLine($"  making the roots in {folder} with debootstrap ...");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Script, "sh", folder]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"The roots could not be made in {folder}: the script ended with {process.ExitCode}.");
    }
}
