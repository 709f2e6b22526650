using System.Diagnostics;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Runtime;

/// <summary>A root file system that is small and runs: one static program under many names.</summary>
internal static class SmallRoot
{
    /// <summary>The reason to skip a test that runs containers; null when they run.</summary>
    public static string? Missing =>
        Environment.UserName != "root" ? "Containers of images need root." : Peer.Missing("runc", "runc") ?? Peer.Missing("busybox", "busybox-static");

    /// <summary>Writes its tar.</summary>
    public static string Write(TemporaryFolder folder, string more = "")
    {
        var tar = folder.File("root.tar");
        Shell($"""
            set -eu
            root={folder.File("root")}
            mkdir -p $root/bin $root/etc $root/tmp $root/home/shop $root/usr/lib
            cp {Peer.Find("busybox")} $root/bin/busybox
            for name in sh ls cat id pwd env mkdir rm ln mv chmod chown touch echo stat mknod true false sleep tty hostname mount ulimit test find readlink; do ln -s busybox $root/bin/$name; done
            printf 'root:x:0:0:root:/root:/bin/sh\nshop:x:1000:1000::/home/shop:/bin/sh\n' > $root/etc/passwd
            printf 'root:x:0:\nshop:x:1000:\nmedia:x:44:shop\n' > $root/etc/group
            chown 1000:1000 $root/home/shop
            chmod 1777 $root/tmp
            {more}
            tar --sort=name --numeric-owner --format=pax --pax-option=delete=atime,delete=ctime --xattrs -C $root -cf {tar} .
            rm -rf $root
            """);
        return tar;
    }

    /// <summary>Runs a script on this machine and gives its output; throws when it fails.</summary>
    public static string Shell(string script)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{output}\n{error.Result}");
    }
}
