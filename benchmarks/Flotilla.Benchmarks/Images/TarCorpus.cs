using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Images;

/// <summary>Small tars that the fuzzer begins with: of .NET in its four formats, and of GNU tar in its five where it is installed.</summary>
internal static class TarCorpus
{
    private static readonly string LongName = string.Join('/', Enumerable.Repeat("long-name-of-a-folder", 6)) + "/ünïcode-\U0001f6a2-file";

    public static IReadOnlyList<byte[]> Make()
    {
        List<byte[]> seeds = [];
        foreach (var format in new[] { TarEntryFormat.V7, TarEntryFormat.Ustar, TarEntryFormat.Gnu, TarEntryFormat.Pax }) seeds.Add(Generated(format));
        using var folder = new TemporaryFolder();
        Fill(folder);
        foreach (var format in new[] { "v7", "ustar", "oldgnu", "gnu", "pax" })
            if (OfGnuTar("-C", folder.Path, "--sort=name", $"--format={format}", "-b", "1", "-cf", "-", ".") is { Length: > 0 } bytes) seeds.Add(bytes);
        return seeds;
    }

    private static byte[] Generated(TarEntryFormat format)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            var file = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
            if (format == TarEntryFormat.Pax) writer.WriteEntry(new PaxGlobalExtendedAttributesTarEntry([KeyValuePair.Create("comment", "made up")]));
            Add(writer, format, "etc/", TarEntryType.Directory);
            Add(writer, format, "etc/motd", file, "hello\n");
            Add(writer, format, "etc/empty", file, "");
            Add(writer, format, "etc/blocks", file, new string('b', 1500));
            Add(writer, format, "etc/link", TarEntryType.SymbolicLink, "../motd");
            Add(writer, format, "etc/hard", TarEntryType.HardLink, "etc/motd");
            Add(writer, format, "etc/.wh.gone", file, "");
            if (format != TarEntryFormat.V7)
            {
                Add(writer, format, "dev/null", TarEntryType.CharacterDevice);
                Add(writer, format, "dev/pipe", TarEntryType.Fifo);
            }
            if (format is TarEntryFormat.Gnu or TarEntryFormat.Pax)
            {
                Add(writer, format, LongName, file, "far away");
                Add(writer, format, "long-link", TarEntryType.SymbolicLink, LongName);
            }
        }
        return bytes.ToArray();
    }

    private static void Add(TarWriter writer, TarEntryFormat format, string name, TarEntryType type, string text = "")
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name) { UserName = "root" },
            TarEntryFormat.Gnu => new GnuTarEntry(type, name) { UserName = "root" },
            _ => new PaxTarEntry(type, name, [KeyValuePair.Create("SCHILY.xattr.user.note", "a note"), KeyValuePair.Create("VENDOR.key", "välue")]),
        };
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMilliseconds(250);
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = text;
        else if (text.Length > 0) entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        writer.WriteEntry(entry);
    }

    private static void Fill(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder.File("usr", "share"));
        File.WriteAllText(folder.File("usr", "file"), "content\n");
        File.WriteAllText(folder.File("usr", "share", "more"), new string('m', 700));
        File.CreateSymbolicLink(folder.File("usr", "link"), "share/more");
        File.WriteAllText(folder.File("usr", "share", new string('n', 120)), "a long name");
        File.CreateSymbolicLink(folder.File("usr", "far"), new string('t', 130));
        File.SetUnixFileMode(folder.File("usr", "file"), (UnixFileMode)Convert.ToInt32("4755", 8));
    }

    private static byte[]? OfGnuTar(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("tar", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            using var bytes = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(bytes);
            process.WaitForExit();
            // v7 leaves long names out, says so, and has written the rest.
            return bytes.ToArray();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
