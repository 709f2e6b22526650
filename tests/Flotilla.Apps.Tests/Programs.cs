using System.Security.Cryptography;
using Flotilla.Apps.Engines.Real;
using Flotilla.Core.Http;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

/// <summary>Small real programs for tests.</summary>
internal static class Programs
{
    // One request at a time; answers /healthz and / with 200, everything else with 404.
    private const string ServerScript = """
        use IO::Socket::INET;
        $| = 1;
        my $server = IO::Socket::INET->new(LocalAddr => $ENV{HOST}, LocalPort => $ENV{PORT}, Listen => 16, ReuseAddr => 1) or die "cannot listen: $!";
        print "listening on $ENV{PORT}\n";
        while (my $client = $server->accept) {
            my $request = <$client>;
            while (my $header = <$client>) { last if $header =~ /^\r?$/; }
            my $status = $request =~ m{^GET /(healthz)? } ? "200 OK" : "404 Not Found";
            print $client "HTTP/1.1 $status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            close $client;
        }
        """;

    public static AppDescription Server { get; } = new()
    {
        Name = "server",
        Program = "perl",
        Arguments = ["-e", ServerScript],
        Ports = [new PortDescription("http")],
        Health = new HttpHealthCheck("/healthz") { Interval = TimeSpan.FromSeconds(0.2) },
    };

    public static AppDescription Shell(string script) => new() { Name = "script", Program = "sh", Arguments = ["-c", script] };

    public static ProcessEngine Engine(TemporaryFolder folder, IHttp http, bool useCgroups) => new(new ProcessEngineOptions
    {
        StateDirectory = folder.Path,
        Http = http,
        Time = TimeProvider.System,
        // Test programs may run side by side on one machine: they must not all begin with the same port.
        Random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue)),
        UseCgroups = useCgroups,
    });

    /// <summary>How many live processes have a variable in their environment and, if given, this command line.</summary>
    public static int Count(string variable, string value, string? command = null) =>
        ProcessTable.Find(variable, value).Count(process => command is null || ProcessTable.Describe(process.Id)?.EndsWith(command, StringComparison.Ordinal) == true);

    /// <summary>Waits until a condition holds; a minute is far more than anything here needs.</summary>
    public static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        for (var tries = 0; !condition(); tries++)
        {
            tries.ShouldBeLessThan(6000, otherwise);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
