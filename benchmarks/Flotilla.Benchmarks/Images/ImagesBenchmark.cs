using System.Diagnostics;
using System.Text.Json;
using Flotilla.Benchmarks.Harness;
using Flotilla.Images;

namespace Flotilla.Benchmarks.Images;

/// <summary>Three versions of a Debian root into a store and out again, beside other stores, in one run.</summary>
/// <param name="roots">Where the tars are, or are made.</param>
internal sealed class ImagesBenchmark(DebianRoots roots) : Benchmark
{
    private const string Image = "example.com/debian";

    private readonly Dictionary<string, List<(string Who, double Value)>> _rows = [];

    public override string Name => "images";

    public override string What => "A debootstrap minbase (v1), with python3 and nginx (v2), with three small edits (v3): CPU seconds, best run; bytes stored; memory.";

    public override async Task RunAsync(Report report, int runs)
    {
        if (!File.Exists("/usr/bin/time")) throw new InvalidOperationException("GNU time is not installed: install Debian's package time.");
        await roots.MakeAsync();
        await OwnAsync(report, runs);
        foreach (var peer in new Peer[] { new GitAddPeer(), new FastImportPeer(), new OstreePeer(), new CasyncPeer(), new GzipPeer() }) await PeerAsync(report, peer, runs);
        foreach (var (row, values) in _rows)
        {
            var own = values[0].Value;
            var ahead = values.Skip(1).Where(each => each.Value < own).Select(each => $"{each.Who} ({each.Value:0.###})").ToList();
            report.Note($"{row}: Flotilla {own:0.###}, " + (ahead.Count == 0 ? "ahead of all" : "behind " + string.Join(", ", ahead)));
        }
    }

    private async Task OwnAsync(Report report, int runs)
    {
        // The command is built if it is not.
        await Measured.RunAsync(null, FlotillaProgram.Script, "--version");
        var imports = Enumerable.Range(0, 4).Select(_ => new List<Measured>()).ToList();
        var stored = new double[4];
        var exports = new List<Measured>();
        var diffs = new List<Measured>();
        var inProcess = new List<double>();
        string[] tars = [roots.First, roots.Second, roots.Third, roots.ThirdShortLog];
        for (var run = 0; run < runs; run++)
        {
            using var folder = new TemporaryFolder();
            var graph = folder.File("graph");
            foreach (var (index, tar) in tars.Index())
            {
                var cost = await CommandAsync("image", "import", tar, "--as", index == 3 ? Image + "/short" : Image, "--graph", graph, "--output", "json");
                imports[index].Add(cost);
                stored[index] = JsonDocument.Parse(cost.Output).RootElement.GetProperty("stored_bytes").GetInt64();
            }
            exports.Add(await CommandAsync("image", "export", Image + "~1", "--graph", graph, "--to", folder.File("out.tar")));
            await Measured.RunAsync(null, "cmp", folder.File("out.tar"), roots.Second);
            diffs.Add(await CommandAsync("image", "diff", Image + "~1", Image, "--graph", graph, "--output", "json"));
            for (var again = 0; again < 5; again++) inProcess.Add(DiffInProcess(graph));
            if (run == 0) await Measured.RunAsync(null, "git", "--git-dir=" + graph, "fsck", "--strict");
        }
        var gzip = await GzipBytesAsync(roots.Second);
        report.AtMost("import v1: CPU, best", [Best(imports[0])], "s", 2.5);
        report.AtMost("import v1: resident", [.. imports[0].Select(each => each.Resident)], "MB", 128);
        report.AtMost("import v2: CPU, best", [Best(imports[1])], "s", 1.6);
        report.AtMost("import v2: stored, part of its gzip layer", [stored[1] / gzip], "", 0.31);
        report.Tell("import v3: CPU, best", [Best(imports[2])], "s");
        report.AtMost("import v3: stored, the log is dpkg's (60 KB)", [stored[2] / 1e3], "KB", 12);
        report.AtMost("import v3: stored, the log is apt's (1.5 KB)", [stored[3] / 1e3], "KB", 12);
        report.AtMost("export v2: CPU, best", [Best(exports)], "s", 1);
        report.AtMost("export v2: resident", [.. exports.Select(each => each.Resident)], "MB", 64);
        report.AtMost("diff v2 v3 by name, in process", inProcess, "ms", 50);
        report.Tell("diff v2 v3, the command: CPU", [.. diffs.Select(each => each.Cpu * 1e3)], "ms");
        report.Tell("diff v2 v3, the command: wall", [.. diffs.Select(each => each.Wall * 1e3)], "ms");
        report.Tell("all imports of v1: CPU", [.. imports[0].Select(each => each.Cpu)], "s");
        report.Tell("all imports of v2: CPU", [.. imports[1].Select(each => each.Cpu)], "s");
        Row("Flotilla", [.. imports.Take(3).Select(Best)], [stored[0], stored[1], stored[2]], Best(exports));
    }

    private async Task PeerAsync(Report report, Peer peer, int runs)
    {
        if (peer.Programs.FirstOrDefault(program => !Measured.IsInstalled(program)) is { } missing)
        {
            report.Note($"{peer.Name}: not measured, {missing} is not installed.");
            return;
        }
        string[] tars = [roots.First, roots.Second, roots.Third];
        var costs = tars.Select(_ => new List<Measured>()).ToList();
        var stored = new double[tars.Length];
        var restores = new List<Measured>();
        for (var run = 0; run < runs; run++)
        {
            using var folder = new TemporaryFolder();
            await peer.CreateAsync(folder.Path);
            double before = 0;
            foreach (var (index, tar) in tars.Index())
            {
                costs[index].Add(await peer.StoreAsync(folder.Path, tar));
                var bytes = (double)peer.StoredBytes(folder.Path);
                (stored[index], before) = (bytes - before, bytes);
                if (index == 1) restores.Add(await peer.RestoreAsync(folder.Path, tar));
            }
        }
        for (var index = 0; index < tars.Length; index++)
        {
            report.Tell($"{peer.Name}: v{index + 1}, CPU, best", [Best(costs[index])], "s");
            report.Tell($"{peer.Name}: v{index + 1}, stored", [stored[index] / 1e3], "KB");
        }
        report.Tell($"{peer.Name}: v2 out, CPU, best", [Best(restores)], "s");
        report.Tell($"{peer.Name}: resident, most", [costs.SelectMany(each => each).Max(each => each.Resident)], "MB");
        report.Note($"{peer.Name}: {peer.Remark}.");
        Row(peer.Name, [.. costs.Select(Best)], stored, Best(restores));
    }

    private void Row(string who, double[] cpu, double[] stored, double restore)
    {
        for (var index = 0; index < cpu.Length; index++)
        {
            Add($"v{index + 1}, CPU s", cpu[index]);
            Add($"v{index + 1}, stored KB", stored[index] / 1e3);
        }
        Add("v2 out, CPU s", restore);

        void Add(string row, double value)
        {
            if (!_rows.TryGetValue(row, out var values)) _rows[row] = values = [];
            values.Add((who, value));
        }
    }

    private static double Best(List<Measured> costs) => costs.Min(each => each.Cpu);

    private static double DiffInProcess(string graph)
    {
        var begun = Stopwatch.GetTimestamp();
        using var images = ImageGraph.Open(graph, TimeProvider.System);
        _ = images.Diff(images.Find(Image + "~1"), images.Find(Image));
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static async Task<double> GzipBytesAsync(string tar)
    {
        using var folder = new TemporaryFolder();
        var gzip = new GzipPeer();
        await gzip.StoreAsync(folder.Path, tar);
        return gzip.StoredBytes(folder.Path);
    }

    private static Task<Measured> CommandAsync(params string[] arguments) =>
        Measured.RunAsync(null, "dotnet", [FlotillaProgram.Dll, .. arguments]);
}
