namespace Flotilla.Images.Graph;

/// <summary>The kinds of git objects, with their numbers in a pack (gitformat-pack(5)).</summary>
internal enum ObjectType
{
    Commit = 1,
    Tree = 2,
    Blob = 3,
    Tag = 4,
    OffsetDelta = 6,
    ReferenceDelta = 7,
}

internal static class ObjectTypes
{
    public static string Name(this ObjectType type) => type switch
    {
        ObjectType.Commit => "commit",
        ObjectType.Tree => "tree",
        ObjectType.Blob => "blob",
        _ => "tag",
    };

    public static ObjectType? Of(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("commit"u8) ? ObjectType.Commit
        : name.SequenceEqual("tree"u8) ? ObjectType.Tree
        : name.SequenceEqual("blob"u8) ? ObjectType.Blob
        : name.SequenceEqual("tag"u8) ? ObjectType.Tag
        : null;
}
