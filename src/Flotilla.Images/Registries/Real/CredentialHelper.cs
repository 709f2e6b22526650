using System.Text.Json;
using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;

namespace Flotilla.Images.Registries.Real;

/// <summary>Asks the program to which Docker leaves the credentials of a registry (github.com/docker/docker-credential-helpers, "Development").</summary>
internal static partial class CredentialHelper
{
    private const string IdentityTokenUser = "<token>";

    // It may ask a person, or a service far away.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What the helper knows of a registry; null when it knows nothing.</summary>
    /// <param name="helper">What follows <c>docker-credential-</c> in the program's name.</param>
    /// <param name="registry">As Docker calls the registry.</param>
    /// <exception cref="ImageException">The helper is not there, or failed.</exception>
    public static async Task<RegistryCredentials?> AskAsync(string helper, string registry)
    {
        if (!Name().IsMatch(helper)) throw Failed($"\"{helper}\" is no name of a credential helper.", "It is in Docker's config.json.", "Mend it there.");
        var program = $"docker-credential-{helper}";
        var answer = await new LocalMachine("local").RunAsync(new Command(program, ["get"], Input: registry, Timeout: Patience), CancellationToken.None);
        if (answer.ExitCode == 127) throw Failed($"{program} is not installed.", $"Docker's config.json leaves the credentials of {registry} to it.", "Install it, or put the credentials into \"auths\" of that file.");
        if (answer.ExitCode == 124) throw Failed($"{program} did not answer.", $"It was asked for {registry} for {Patience.TotalMinutes:0} minutes.", "Run it by itself to see what it waits for.");
        if (!answer.Succeeded && answer.Output.Contains("credentials not found", StringComparison.Ordinal)) return null;
        try
        {
            if (answer.Succeeded)
            {
                using var json = JsonDocument.Parse(answer.Output);
                var (user, secret) = (json.RootElement.GetProperty("Username").GetString() ?? "", json.RootElement.GetProperty("Secret").GetString() ?? "");
                return user == IdentityTokenUser ? new RegistryCredentials("", secret, IsIdentityToken: true) : new RegistryCredentials(user, secret);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Failed($"{program} gave no credentials for {registry}.", "What it printed is not the JSON that Docker's helpers print.", "Run it by itself, and see its documentation.");
        }
        // A program that could not do it says why; what it prints in success is a secret.
        throw Failed($"{program} gave no credentials for {registry}.", FirstLine(answer.Output + answer.Error), $"Run \"docker login {registry}\" again.");
    }

    private static string FirstLine(string text) => text.Trim().Split('\n')[0] is { Length: > 0 } line ? line.Length > 200 ? line[..200] + "…" : line : "It said nothing.";

    private static ImageException Failed(string what, string why, string fix) => ImageException.Of(ImageFault.Unauthorized, what, why, fix);

    [GeneratedRegex(@"^[A-Za-z0-9._-]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
