using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Signing;

namespace Flotilla.Images.Moving;

/// <summary>Another graph, as git-ls-remote(1) shows it: what anything is that git can fetch from, bundles included.</summary>
internal sealed class Remote
{
    private Remote(string address, IReadOnlyDictionary<string, ObjectId> refs)
    {
        (Address, Refs) = (address, refs);
        Images = [.. refs.Select(each => (Name: ImageName.OfRef(each.Key), each.Value)).Where(each => each.Name is not null).Select(each => (each.Name!.Value, each.Value))];
    }

    /// <summary>Where it is, for people.</summary>
    public string Address { get; }

    public IReadOnlyDictionary<string, ObjectId> Refs { get; }

    public IReadOnlyList<(ImageName Name, ObjectId Commit)> Images { get; }

    /// <summary>The signatures of a lineage's versions.</summary>
    public IEnumerable<(string Ref, ObjectId Id)> Signatures(ImageName name) =>
        Refs.Where(each => SignatureName.IsOf(each.Key, name)).Select(each => (each.Key, each.Value));

    public static async Task<Remote> ReadAsync(Git git, string address, CancellationToken cancellationToken)
    {
        if (address.Length == 0) throw ImageException.Of(ImageFault.BadName, "The address of the other graph is empty.", fix: "Name a folder, a bundle, or an address that git knows.");
        var (code, output, error) = await git.TransportAsync(["ls-remote", "--quiet", "--", address, "refs/heads/image/*", "refs/tags/image/*"], null, null, cancellationToken);
        if (code != 0) throw Unreachable(Shown(address), error);
        var refs = new SortedDictionary<string, ObjectId>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.Split('\t') is [var digits, var name] && ObjectId.TryParse(digits, out var id) && !name.EndsWith("^{}", StringComparison.Ordinal)) refs[name] = id;
        return new Remote(Shown(address), refs);
    }

    /// <summary>An address without the password that it may hold.</summary>
    public static string Shown(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Split(':') is [var user, ..] and { Length: > 1 }
            ? address.Replace(uri.UserInfo + "@", user + ":***@", StringComparison.Ordinal) : address;

    public static ImageException Unreachable(string address, string error) => ImageException.Of(
        ImageFault.Unreachable, $"{address} cannot be read.", Last(error),
        File.Exists(address) ? "Copy the bundle again; \"flotilla image bundle create\" writes one." : "Check the address and your rights: \"git ls-remote\" with it must work.");

    /// <summary>What git said, without the advice that it repeats.</summary>
    public static string Last(string error) => string.Join(' ', error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith("hint:", StringComparison.Ordinal) && !line.StartsWith("To ", StringComparison.Ordinal)).TakeLast(4));
}
