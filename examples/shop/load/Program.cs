using System.Text.Json;

// Drives load at every healthy instance of the shop: RATE requests a second each. Flotilla keeps the file named by
// FLOTILLA_ENDPOINTS in step with where the instances are.
var rate = int.Parse(Environment.GetEnvironmentVariable("RATE") ?? "20");
var endpoints = Environment.GetEnvironmentVariable("FLOTILLA_ENDPOINTS")!;
using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
using var stopping = new CancellationTokenSource();
using var onTerm = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopping.Cancel();
});

Console.WriteLine($"{rate} requests a second to each instance of the shop");
using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
try
{
    while (await timer.WaitForNextTickAsync(stopping.Token))
        foreach (var url in Healthy()) _ = RequestAsync(url);
}
catch (OperationCanceledException)
{
}

IReadOnlyList<Uri> Healthy()
{
    using var file = JsonDocument.Parse(File.ReadAllBytes(endpoints));
    return file.RootElement.TryGetProperty("shop", out var shop)
        ? [.. shop.EnumerateArray().Where(one => one.GetProperty("healthy").GetBoolean()).Select(one => new Uri(one.GetProperty("url").GetString()!))]
        : [];
}

async Task RequestAsync(Uri url)
{
    try
    {
        using var response = await client.GetAsync(url, stopping.Token);
    }
    catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
    {
        // The instance is being replaced; the next list will not have it.
    }
}
