using System.Diagnostics;
using System.Globalization;
using Flotilla.Images;

namespace Flotilla.Benchmarks.Images;

/// <summary>
/// <c>images-fuzz [--inputs N] [--seed N] [--only INDEX]</c>: changed tars through the reader and what understands it. Each input
/// follows from the seed and its index, so that a finding can be run again alone.
/// </summary>
internal static class ImagesFuzz
{
    public const string Name = "images-fuzz";

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    public static int Run(ReadOnlySpan<string> arguments)
    {
        var (inputs, seed, only) = (1_000_000, 1, -1);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return Misunderstood(arguments[i]);
            switch (arguments[i])
            {
                case "--inputs": inputs = value; break;
                case "--seed": seed = value; break;
                case "--only": only = value; break;
                default: return Misunderstood(arguments[i]);
            }
        }
        var seeds = TarCorpus.Make();
        System.Console.WriteLine($"{Name}: {(only < 0 ? $"{inputs:#,0} inputs" : $"input {only}")} of seed {seed}, from {seeds.Count} tars");
        return only < 0 ? RunAll(seeds, inputs, seed) : RunOne(seeds, seed, only);
    }

    private static int RunAll(IReadOnlyList<byte[]> seeds, int inputs, int seed)
    {
        var started = Stopwatch.GetTimestamp();
        var mutator = new TarMutator(seeds);
        var faults = new long[Enum.GetValues<ImageFault>().Length];
        long accepted = 0, members = 0;
        var findings = 0;
        var running = new (int Index, long Since)[Environment.ProcessorCount];
        using var watch = new Timer(_ => EndIfHanging(running), null, Slow, Slow);
        var threads = Enumerable.Range(0, running.Length).Select(worker => new Thread(() =>
        {
            var target = new FuzzTarget();
            for (var index = worker; index < inputs; index += running.Length)
            {
                running[worker] = (index, Stopwatch.GetTimestamp());
                try
                {
                    var count = target.RunAsync(mutator.Make(RandomOf(seed, index))).AsTask().GetAwaiter().GetResult();
                    Interlocked.Increment(ref accepted);
                    Interlocked.Add(ref members, count);
                }
                catch (ImageException e)
                {
                    Interlocked.Increment(ref faults[(int)e.Fault]);
                }
                catch (Exception e)
                {
                    if (Interlocked.Increment(ref findings) <= 20) System.Console.WriteLine($"  FOUND in input {index}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
                }
                if (Stopwatch.GetElapsedTime(running[worker].Since) > Slow && Interlocked.Increment(ref findings) <= 20) System.Console.WriteLine($"  SLOW: input {index} took {Stopwatch.GetElapsedTime(running[worker].Since).TotalSeconds:0.0} s");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        System.Console.WriteLine($"  {accepted:#,0} accepted, {members:#,0} members came out as they went in");
        foreach (var fault in Enum.GetValues<ImageFault>())
            if (faults[(int)fault] > 0) System.Console.WriteLine($"  {faults[(int)fault]:#,0} refused: {fault}");
        System.Console.WriteLine($"  {findings} findings; {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, CPU {Environment.CpuUsage.TotalTime.TotalSeconds:0} s");
        if (findings > 0) System.Console.WriteLine($"  Run one again with \"{Name} --seed {seed} --only INDEX\".");
        return findings == 0 ? 0 : 1;
    }

    private static int RunOne(IReadOnlyList<byte[]> seeds, int seed, int index)
    {
        var tar = new TarMutator(seeds).Make(RandomOf(seed, index));
        var file = Path.Combine(Path.GetTempPath(), $"{Name}-{seed}-{index}.tar");
        File.WriteAllBytes(file, tar);
        System.Console.WriteLine($"  {tar.Length} bytes, written to {file}");
        try
        {
            var members = new FuzzTarget().RunAsync(tar).AsTask().GetAwaiter().GetResult();
            System.Console.WriteLine($"  accepted, {members} members");
            return 0;
        }
        catch (ImageException e)
        {
            System.Console.WriteLine($"  refused ({e.Fault}): {e.Message}");
            return 0;
        }
        catch (Exception e)
        {
            System.Console.WriteLine(e);
            return 1;
        }
    }

    private static Random RandomOf(int seed, int index) => new(unchecked(seed * 1_000_003 + index));

    private static void EndIfHanging((int Index, long Since)[] running)
    {
        foreach (var (index, since) in running)
        {
            if (since == 0 || Stopwatch.GetElapsedTime(since) < Hang) continue;
            System.Console.WriteLine($"  HANGS: input {index}");
            Environment.Exit(1);
        }
    }

    private static int Misunderstood(string argument)
    {
        System.Console.Error.WriteLine($"\"{argument}\" is not understood. Say {Name} [--inputs N] [--seed N] [--only INDEX].");
        return 2;
    }
}
