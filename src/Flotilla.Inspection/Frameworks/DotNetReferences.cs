using System.Xml;
using System.Xml.Linq;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Frameworks;

/// <summary>The frameworks that a project file of .NET refers to.</summary>
internal static class DotNetReferences
{
    private static readonly string[] Suffixes = [".csproj", ".props", ".targets"];

    public static IEnumerable<string> Of(SourceFile file)
    {
        if (Path.GetExtension(file.Path) == ".razor") return ["blazor"];
        return Suffixes.Contains(Path.GetExtension(file.Path)) ? Of(FileText.Of(file.FullPath, FileText.BytesMax)) : [];
    }

    /// <summary>By the SDK and the references; empty when the text is no XML.</summary>
    public static IEnumerable<string> Of(string text)
    {
        XElement root;
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            root = XDocument.Load(reader).Root!;
        }
        catch (XmlException)
        {
            return [];
        }
        var sdks = ((string?)root.Attribute("Sdk") ?? "").Split(';').Concat(root.Elements().Where(each => each.Name.LocalName == "Sdk").Select(each => (string?)each.Attribute("Name") ?? ""));
        var references = root.Descendants()
            .Where(each => each.Name.LocalName is "PackageReference" or "GlobalPackageReference" or "FrameworkReference")
            .Select(each => (string?)each.Attribute("Include") ?? "");
        return sdks.SelectMany(name => OfSdk(name.Split('/')[0].Trim())).Concat(references.SelectMany(name => OfReference(name.Trim()))).Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> OfSdk(string name) => name switch
    {
        "Microsoft.NET.Sdk.Web" => ["aspnetcore"],
        "Microsoft.NET.Sdk.BlazorWebAssembly" => ["blazor"],
        _ => [],
    };

    private static IEnumerable<string> OfReference(string name)
    {
        if (Is("Microsoft.AspNetCore.Components")) return ["blazor"];
        if (Is("Microsoft.AspNetCore")) return ["aspnetcore"];
        if (Is("Microsoft.EntityFrameworkCore")) return ["efcore"];
        if (Is("xunit")) return ["xunit"];
        return name.Equals("NUnit", StringComparison.OrdinalIgnoreCase) ? ["nunit"] : [];

        bool Is(string prefix) => name.Equals(prefix, StringComparison.OrdinalIgnoreCase) || name.StartsWith(prefix + ".", StringComparison.OrdinalIgnoreCase);
    }
}
