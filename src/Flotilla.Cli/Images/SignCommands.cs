using System.CommandLine;
using Flotilla.Console;
using Flotilla.Images.Checking;
using Flotilla.Images.Signing;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image sign</c> and <c>verify</c>.</summary>
internal static class SignCommands
{
    public static Option<string?> Signers => new("--signers") { Description = "Who may sign, a line \"NAME ssh-ed25519 AAAA…\" for each: one of them has to have signed", HelpName = "FILE" };

    public static Command Sign(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var key = new Option<string?>("--key") { Description = "The ssh key: FILE.pub with its private half beside it or in ssh-agent [default: git's user.signingkey]", HelpName = "FILE" };
        var graph = ImageCommands.Graph;
        var command = new Command("sign", "Sign a version of an image with an ssh key") { name, key, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            var signature = await images.SignAsync(image, parsed.GetValue(key), cancellationToken);
            if (terminal.Format == OutputFormat.Json) terminal.Json(new SignOutput(image.Name, image.Commit.ToString(), Tag(signature), signature.Key), ImageJson.Default.SignOutput);
            else terminal.Line($"{image.Name} ({image.Commit.ToShortString()}) is signed with {signature.Key}; \"image push\" and \"bundle\" take the signature along.", Tone.Good);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Verify(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var signers = Signers;
        var graph = ImageCommands.Graph;
        var command = new Command("verify", "Recompute every hash of an image, from its signatures down to each file; exits with 1 when one is wrong") { name, signers, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            var verified = await terminal.WorkingAsync($"verifying {image.Name}", () => images.VerifyAsync(image, parsed.GetValue(signers), cancellationToken), TimeProvider.System);
            if (terminal.Format == OutputFormat.Json) terminal.Json(Output(image.Name, verified), ImageJson.Default.VerifyOutput);
            else Print(terminal, image.Name, verified);
            return verified.Succeeded ? ExitCodes.Done : ExitCodes.Found;
        });
        return command;
    }

    public static VerifyOutput Output(string name, ImageVerification verified) => new(
        name, verified.Commit.ToString(), verified.Succeeded, verified.Objects, verified.Layers,
        [.. verified.Signatures.Select(each => new SignatureOutput(Tag(each), State(each.State), each.Key, each.Signer))], [.. verified.Problems.Select(problem => problem.ToString())]);

    public static void Print(Terminal terminal, string name, ImageVerification verified)
    {
        foreach (var problem in verified.Problems) terminal.Line($"wrong: {problem}", Tone.Bad);
        if (verified.Succeeded) terminal.Line($"{name} ({verified.Commit.ToShortString()}) is as it was imported: {verified.Objects} objects, {verified.Layers} layer{(verified.Layers == 1 ? "" : "s")}.", Tone.Good);
        foreach (var each in verified.Signatures.Where(each => each.State != SignatureState.Bad))
            terminal.Line(each.State switch
            {
                SignatureState.Good => $"Signed by {each.Signer} with {each.Key}.",
                SignatureState.Unchecked => $"Signed with {each.Key}; whose key that is, --signers FILE would tell.",
                _ => $"Signed with {each.Key}, which the list of signers does not name.",
            }, each.State == SignatureState.Good ? Tone.Good : Tone.Notable);
    }

    private static string Tag(ImageSignature signature) => signature.Reference["refs/tags/".Length..];

    private static string State(SignatureState state) => state switch
    {
        SignatureState.Good => "good",
        SignatureState.Unchecked => "unchecked",
        SignatureState.UnknownSigner => "unknown_signer",
        _ => "bad",
    };
}
