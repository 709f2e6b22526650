namespace Flotilla.Images.Layout;

/// <summary>What a tar member is, in one letter, as metadata lines say it.</summary>
internal static class MemberType
{
    public const char File = 'f';
    public const char Directory = 'd';
    public const char SymbolicLink = 'l';
    public const char HardLink = 'h';
    public const char CharacterDevice = 'c';
    public const char BlockDevice = 'b';
    public const char Pipe = 'p';
}

/// <summary>One member of a layer: what is stored of it in a metadata line.</summary>
internal sealed class Member
{
    public char Type { get; set; }

    /// <summary>Where it stands, escaped, without a leading slash; empty for the root.</summary>
    public string Path { get; set; } = "";

    /// <summary>Permission and set-id bits.</summary>
    public int Mode { get; set; }

    public long User { get; set; }

    public long Group { get; set; }

    /// <summary>Seconds since 1970.</summary>
    public long Modified { get; set; }

    /// <summary>The fraction of the second, as digits without trailing zeros; null for none.</summary>
    public string? ModifiedFraction { get; set; }

    public long Size { get; set; }

    /// <summary>The SHA-256 of a file's content; null for everything else.</summary>
    public byte[]? Sha256 { get; set; }

    /// <summary>Target of a link, escaped.</summary>
    public string? Link { get; set; }

    public long DeviceMajor { get; set; }

    public long DeviceMinor { get; set; }

    /// <summary>Names of user and group, escaped.</summary>
    public string UserName { get; set; } = "";

    public string GroupName { get; set; } = "";

    /// <summary>
    /// What extended headers say, in their order: <c>pax:KEY</c> (null: the value follows from the fields), <c>x:NAME</c> with an
    /// attribute's value in base64, <c>gnu:L</c> and <c>gnu:K</c> for GNU's long names.
    /// </summary>
    public List<(string Key, string? Value)>? Extensions { get; set; }

    /// <summary>The name as the archive spells it, escaped; null when the layer's habit predicts it.</summary>
    public string? Spelling { get; set; }

    /// <summary>Bytes of the head that differ from the predicted ones: <c>offset:hex,…</c>.</summary>
    public string? Patch { get; set; }

    /// <summary>The whole head in base64, where a patch does not do.</summary>
    public string? Raw { get; set; }

    /// <summary>What pads the content in base64, where it is not zeros.</summary>
    public string? Padding { get; set; }

    /// <summary>How often the path stood in the layer before.</summary>
    public int Again { get; set; }

    public string ModifiedText => ModifiedFraction is null
        ? Modified.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Modified}.{ModifiedFraction}");

    /// <summary>The bytes of content that follow its header in the archive.</summary>
    public long ContentLength => Type == MemberType.File ? Size : 0;
}
