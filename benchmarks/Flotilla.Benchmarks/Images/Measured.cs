using System.Diagnostics;
using System.Globalization;

namespace Flotilla.Benchmarks.Images;

/// <summary>What a command cost: itself and all that it waited for.</summary>
/// <param name="Cpu">User and system seconds.</param>
/// <param name="Wall">Seconds.</param>
/// <param name="Resident">The most memory of one of its processes in MB (10⁶ bytes).</param>
/// <param name="Output">Its standard output.</param>
internal sealed record Measured(double Cpu, double Wall, double Resident, string Output)
{
    /// <summary>One after another: seconds add up, memory does not.</summary>
    public static Measured operator +(Measured a, Measured b) => new(a.Cpu + b.Cpu, a.Wall + b.Wall, Math.Max(a.Resident, b.Resident), b.Output);

    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program under GNU time.</summary>
    /// <param name="feed">Writes its standard input; null for none.</param>
    /// <param name="program">What is run.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static async Task<Measured> RunAsync(Action<Stream>? feed, string program, params string[] arguments)
    {
        var costs = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("/usr/bin/time", ["-q", "-f", "%U %S %e %M", "-o", costs, program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            };
            start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
            start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            feed?.Invoke(process.StandardInput.BaseStream);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await errors}");
            var fields = (await File.ReadAllTextAsync(costs)).Split(' ').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToList();
            return new Measured(fields[0] + fields[1], fields[2], fields[3] * 1024 / 1e6, await output);
        }
        finally
        {
            File.Delete(costs);
        }
    }
}
