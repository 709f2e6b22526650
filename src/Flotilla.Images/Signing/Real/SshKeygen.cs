using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Flotilla.Images.Signing.Real;

/// <summary>The program <c>ssh-keygen</c> (ssh-keygen(1), option -Y), which signs with ssh keys as git does: in the namespace <c>git</c>.</summary>
internal static class SshKeygen
{
    private const string Namespace = "git";

    /// <summary>The armoured signature of a text.</summary>
    /// <param name="key">A private key, or a public one whose private half is beside it or with the agent.</param>
    /// <param name="text">What to sign.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<string> SignAsync(string key, byte[] text, CancellationToken cancellationToken)
    {
        var (code, output, error) = await RunAsync(["-Y", "sign", "-n", Namespace, "-f", key], text, cancellationToken);
        return code == 0 && output.StartsWith("-----BEGIN SSH SIGNATURE-----", StringComparison.Ordinal)
            ? output
            : throw ImageException.Of(ImageFault.SigningFailed, $"{key} does not sign.", Reason(error), "Name an ssh key with --key: its private half has to be beside it or with ssh-agent.");
    }

    /// <summary>The first hexadecimal digits of the SHA-256 of a public key.</summary>
    public static async Task<string> KeyDigitsAsync(string key, int digits, CancellationToken cancellationToken)
    {
        if (!File.Exists(key)) throw ImageException.Of(ImageFault.NotFound, $"There is no key {key}.", fix: "Name a public key with --key; \"ssh-keygen -t ed25519\" makes one.");
        var beside = key.EndsWith(".pub", StringComparison.Ordinal) ? key : key + ".pub";
        string text;
        if (File.Exists(beside)) text = await File.ReadAllTextAsync(beside, cancellationToken);
        else
        {
            (var code, text, var error) = await RunAsync(["-y", "-f", key], null, cancellationToken);
            if (code != 0) throw ImageException.Of(ImageFault.SigningFailed, $"{key} is no ssh key.", Reason(error), "Name a public key with --key.");
        }
        if (text.Split(' ', '\n') is not [_, var encoded, ..] || TryDecode(encoded.Trim()) is not { } blob)
            throw ImageException.Of(ImageFault.SigningFailed, $"{beside} is no public ssh key.", fix: "Name one with --key: a line \"ssh-ed25519 AAAA…\".");
        return Convert.ToHexStringLower(SHA256.HashData(blob))[..digits];
    }

    /// <summary>Whether a signature fits a text, whose key made it, and who the list of signers says that is.</summary>
    public static async Task<(SignatureState State, string? Key, string? Signer)> CheckAsync(string? signers, string armor, byte[] text, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), "flotilla-" + Path.GetRandomFileName());
        try
        {
            await using (var written = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                await written.WriteAsync(System.Text.Encoding.ASCII.GetBytes(armor), cancellationToken);
            var (code, output, _) = await RunAsync(["-Y", "check-novalidate", "-n", Namespace, "-s", file], text, cancellationToken);
            // Good "git" signature with ED25519 key SHA256:…
            var key = output.Split(' ', '\n').FirstOrDefault(word => word.StartsWith("SHA256:", StringComparison.Ordinal));
            if (code != 0) return (SignatureState.Bad, key, null);
            if (signers is null) return (SignatureState.Unchecked, key, null);
            if (!File.Exists(signers)) throw ImageException.Of(ImageFault.NotFound, $"There is no list of signers {signers}.", fix: "Name a file with --signers that has lines like \"ann@example.com ssh-ed25519 AAAA…\" (ssh-keygen(1), ALLOWED SIGNERS).");
            (code, output, _) = await RunAsync(["-Y", "find-principals", "-f", signers, "-s", file], text, cancellationToken);
            foreach (var signer in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                if (code == 0 && (await RunAsync(["-Y", "verify", "-n", Namespace, "-f", signers, "-I", signer, "-s", file], text, cancellationToken)).Code == 0)
                    return (SignatureState.Good, key, signer);
            return (SignatureState.UnknownSigner, key, null);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[]? TryDecode(string text)
    {
        var bytes = new byte[text.Length];
        return text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static string Reason(string error) => string.Join(' ', error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static async Task<(int Code, string Output, string Error)> RunAsync(IReadOnlyList<string> arguments, byte[]? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ssh-keygen", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            try
            {
                if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read all: its exit code and messages say why.
            }
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw ImageException.Of(ImageFault.SigningFailed, "ssh-keygen cannot be started.", e.Message, "Install openssh-client 8.2 or newer.", e);
        }
    }
}
