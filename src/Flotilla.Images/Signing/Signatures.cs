using System.Security.Cryptography;
using Flotilla.Core;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Signing.Real;

namespace Flotilla.Images.Signing;

/// <summary>Makes and checks the signatures of a graph's versions.</summary>
internal sealed class Signatures(GraphFolder graph, TimeProvider time)
{
    public async Task<ImageSignature> SignAsync(GraphImage image, string? key, CancellationToken cancellationToken)
    {
        var name = NameOf(image);
        key ??= await ConfiguredAsync("user.signingkey", cancellationToken)
            ?? throw ImageException.Of(ImageFault.SigningFailed, "It is not known which key to sign with.", fix: "Name an ssh key with --key FILE.pub, or set user.signingkey in git's configuration.");
        var reference = SignatureName.Of(name, image.Commit, await SshKeygen.KeyDigitsAsync(key, SignatureName.KeyDigits, cancellationToken));
        if (graph.Refs.Read(reference) is { } there) return (await CheckAsync(reference, there, name, null, cancellationToken)).Signature;
        var author = await ConfiguredAsync("user.name", cancellationToken) is { } person && await ConfiguredAsync("user.email", cancellationToken) is { } address ? $"{person} <{address}>" : new ImportOptions().Author;
        var text = SignedTag.Text(name, image, graph.Objects.Read(image.Commit, ObjectType.Commit), reference, author, time.GetUtcNow());
        var armor = await SshKeygen.SignAsync(key, text, cancellationToken);
        using var hold = await GraphLock.ShareAsync(graph.Path, time, cancellationToken);
        var (id, _) = LooseObject.Write(graph.Path, ObjectType.Tag, [.. text, .. System.Text.Encoding.ASCII.GetBytes(armor.TrimEnd('\n') + "\n")]);
        await graph.Git.RunAsync(["update-ref", reference, id.ToString()], cancellationToken);
        graph.Objects.Refresh();
        return (await CheckAsync(reference, id, name, null, cancellationToken)).Signature;
    }

    /// <summary>The signatures of a version, and what is wrong with them: when signers are given, one of them has to have signed.</summary>
    public async Task<(IReadOnlyList<ImageSignature> Signatures, IReadOnlyList<Problem> Problems)> VerifyAsync(GraphImage image, string? signers, CancellationToken cancellationToken)
    {
        if (!ImageName.TryParse(image.Name, out var name)) return ([], signers is null ? [] : [Unsigned(image)]);
        if (signers is not null && !File.Exists(signers))
            throw ImageException.Of(ImageFault.NotFound, $"There is no list of signers {signers}.", fix: "Name a file with --signers that has lines like \"ann@example.com ssh-ed25519 AAAA…\" (ssh-keygen(1), ALLOWED SIGNERS).");
        var found = new List<ImageSignature>();
        var problems = new List<Problem>();
        foreach (var (reference, id) in graph.Refs.Below(SignatureName.Folder(name)).Where(each => SignatureName.CommitOf(each.Name, name) == image.Commit))
        {
            var (signature, problem) = await CheckAsync(reference, id, name, signers, cancellationToken);
            found.Add(signature);
            if (problem is not null) problems.Add(problem);
        }
        if (signers is null || found.Any(each => each.State == SignatureState.Good)) return (found, problems);
        if (found.Count == 0) problems.Add(Unsigned(image));
        foreach (var unknown in found.Where(each => each.State == SignatureState.UnknownSigner))
            problems.Add(new Problem(
                $"{image.Name} ({image.Commit.ToShortString()}) is signed with {unknown.Key}, which {signers} does not name.", Why: "Its signer is unknown, or the entry has run out.",
                Fix: "If you trust that key, add it there; else do not use the image."));
        return (found, problems);
    }

    private static Problem Unsigned(GraphImage image) => new(
        $"{image.Name} ({image.Commit.ToShortString()}) is not signed.", Why: "There is no signature of this version in the graph.",
        Fix: "Pull it from where it was signed, or sign it with \"flotilla image sign\".");

    private async Task<(ImageSignature Signature, Problem? Problem)> CheckAsync(string reference, ObjectId id, ImageName name, string? signers, CancellationToken cancellationToken)
    {
        var commit = SignatureName.CommitOf(reference, name)!.Value;
        byte[] bytes;
        try
        {
            bytes = graph.Objects.Read(id, ObjectType.Tag);
        }
        catch (ImageException e)
        {
            return Bad(null, e.Problem.What);
        }
        if (ObjectId.Of(ObjectType.Tag, bytes) != id) return Bad(null, "the tag is damaged: its content has another id.");
        if (SignedTag.Parse(bytes) is not { } tag) return Bad(null, "the tag is malformed.");
        if (tag.Armor is null) return Bad(null, "the tag has no ssh signature.");
        var (state, key, signer) = await SshKeygen.CheckAsync(signers, tag.Armor, tag.Payload, cancellationToken);
        if (state == SignatureState.Bad) return Bad(key, "it does not fit the text that it signs.");
        if (tag.Object != commit || tag.Tag != reference["refs/tags/".Length..] || tag.Line("Image") != name.ToString()) return Bad(key, "it signs something else than the tag's name says.");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(graph.Objects.Read(commit, ObjectType.Commit)));
        if (tag.Line("Commit-Sha256") is { } promised && promised != sha256) return Bad(key, $"the commit's SHA-256 is {sha256}, the signer saw {promised}.");
        return (new ImageSignature(reference, commit, state, key, signer), null);

        (ImageSignature, Problem?) Bad(string? by, string why) => (
            new ImageSignature(reference, commit, SignatureState.Bad, by, null),
            new Problem($"The signature {reference["refs/tags/".Length..]} is bad.", Why: why, Fix: "Do not use the image before you know who changed what; fetch it again from where it was signed."));
    }

    private static ImageName NameOf(GraphImage image) => ImageName.TryParse(image.Name, out var name)
        ? name
        : throw ImageException.Of(ImageFault.BadName, $"The commit {image.Commit} says no name of an image.", fix: "Name a version that an import made.");

    private async Task<string?> ConfiguredAsync(string key, CancellationToken cancellationToken)
    {
        var (code, output, _) = await graph.Git.TransportAsync(["config", "--type=path", "--get", key], null, null, cancellationToken);
        return code == 0 && output.Trim() is { Length: > 0 } value ? value : null;
    }
}
