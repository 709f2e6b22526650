namespace Flotilla.Inspection.Tools;

/// <summary>What the merged profile says to one tool.</summary>
public sealed record ToolSettings
{
    /// <summary>Whether the tool runs; null leaves it to <see cref="ITool.RunsByDefault"/>.</summary>
    public bool? Run { get; init; }

    /// <summary>Options by name. A value is null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, a list or a map of these.</summary>
    public IReadOnlyDictionary<string, object?> Options { get; init; } = new SortedDictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>Codes asked for beyond the tool's own choice, sorted.</summary>
    public IReadOnlyList<string> Enable { get; init; } = [];

    /// <summary>Codes that are not wanted, sorted.</summary>
    public IReadOnlyList<string> Disable { get; init; } = [];

    /// <summary>Plugins of the tool, in order.</summary>
    public IReadOnlyList<string> LoadPlugins { get; init; } = [];

    /// <summary>The frameworks that the project uses, sorted: <c>django</c>, <c>celery</c>, <c>flask</c>, <c>aspnetcore</c>.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [];

    /// <summary>Whether the tool's own configuration files in the project are honoured.</summary>
    public bool ExternalConfiguration { get; init; } = true;
}
