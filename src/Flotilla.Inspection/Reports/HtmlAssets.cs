using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Inspection.Reports;

/// <summary>The style and the script of the page, which are files of this folder, and the policy that lets a browser run them and nothing else.</summary>
internal static class HtmlAssets
{
    public static string Style { get; } = Read("inspection.css");

    public static string Script { get; } = $"(() => {{\n\"use strict\";\n{Read("inspection.js")}}})();\n";

    /// <summary>Content Security Policy (W3C, level 3): nothing is loaded from anywhere; the style and the script are known by their hashes.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'";

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Read(string name)
    {
        using var stream = typeof(HtmlAssets).Assembly.GetManifestResourceStream("report:" + name)
            ?? throw new InvalidOperationException($"{name} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
