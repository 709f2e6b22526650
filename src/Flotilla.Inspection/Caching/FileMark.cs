namespace Flotilla.Inspection.Caching;

/// <summary>What tells that a file was written, without reading it; <see langword="default"/> where there is none.</summary>
internal readonly record struct FileMark(long Bytes, DateTime Written)
{
    public static FileMark Of(string path) => new FileInfo(path) is { Exists: true } file ? new FileMark(file.Length, file.LastWriteTimeUtc) : default;
}
