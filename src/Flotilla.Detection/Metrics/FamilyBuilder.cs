namespace Flotilla.Detection;

/// <summary>A family whose samples are still being read.</summary>
internal sealed class FamilyBuilder(string name)
{
    private string? _bucket;
    private string? _sum;
    private string? _count;

    public string Name { get; } = name;

    public MetricType? Type { get; set; }

    public string? Help { get; set; }

    public List<MetricSample> Samples { get; } = [];

    /// <summary>The name as the family's samples share it, or null when a sample of this name is not the family's.</summary>
    public string? SampleName(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith(Name)) return null;
        var suffix = name[Name.Length..];
        if (suffix.IsEmpty) return Name;
        if (Type is not (MetricType.Histogram or MetricType.Summary)) return null;
        return suffix switch
        {
            "_bucket" when Type == MetricType.Histogram => _bucket ??= Name + "_bucket",
            "_sum" => _sum ??= Name + "_sum",
            "_count" => _count ??= Name + "_count",
            _ => null,
        };
    }

    public MetricFamily Build() => new(Name, Type ?? MetricType.Untyped, Samples, Help);
}
