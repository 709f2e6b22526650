using System.Text;
using System.Text.Json;

namespace Flotilla.Images.Registries;

/// <summary>What <c>docker login</c> leaves in <c>config.json</c> (Docker CLI reference, "docker login", "Credential stores").</summary>
internal static class DockerConfiguration
{
    private const string HubKey = "https://index.docker.io/v1/";

    /// <summary>The credentials for a registry; null when there are none.</summary>
    public static RegistryCredentials? Find(string host, string? folder)
    {
        var file = FileOf(folder);
        using var json = Read(file);
        if (json is null || !TryObject(json.RootElement, "auths", out var auths)) return null;
        string[] keys = host == RegistryReference.DockerHub ? [HubKey, "docker.io", "index.docker.io", "registry-1.docker.io"] : [host, $"https://{host}", $"https://{host}/", $"http://{host}", $"https://{host}/v1/", $"https://{host}/v2/"];
        foreach (var key in keys)
        {
            if (!TryObject(auths, key, out var entry)) continue;
            if (Text(entry, "identitytoken") is { Length: > 0 } token) return new RegistryCredentials("", token, IsIdentityToken: true);
            if (Text(entry, "auth") is { Length: > 0 } auth) return Decode(auth, file, key);
            if (Text(entry, "username") is { Length: > 0 } user && Text(entry, "password") is { } password) return new RegistryCredentials(user, password);
        }
        return null;
    }

    /// <summary>The helper that keeps the credentials of a registry instead, if the configuration names one.</summary>
    public static string? Helper(string host, string? folder)
    {
        using var json = Read(FileOf(folder));
        if (json is null) return null;
        return TryObject(json.RootElement, "credHelpers", out var helpers) && (Text(helpers, host) ?? Text(helpers, KeyOf(host))) is { } helper ? helper : Text(json.RootElement, "credsStore");
    }

    /// <summary>As Docker calls a registry before those who keep its credentials.</summary>
    public static string KeyOf(string host) => host == RegistryReference.DockerHub ? HubKey : host;

    private static string FileOf(string? folder) => Path.Combine(
        folder ?? Environment.GetEnvironmentVariable("DOCKER_CONFIG") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"), "config.json");

    private static JsonDocument? Read(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw ImageException.Of(ImageFault.Unauthorized, $"{file} is malformed.", e.Message, "Mend it, or run \"docker login\" again.", e);
        }
    }

    private static RegistryCredentials Decode(string auth, string file, string key)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).TrimEnd('\0');
            if (text.IndexOf(':') is > 0 and var colon) return new RegistryCredentials(text[..colon], text[(colon + 1)..]);
        }
        catch (FormatException) { }
        throw ImageException.Of(ImageFault.Unauthorized, $"The credentials for {key} in {file} are malformed.", fix: $"Run \"docker login {key}\" again.");
    }

    private static bool TryObject(JsonElement json, string name, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;
    }

    private static string? Text(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
