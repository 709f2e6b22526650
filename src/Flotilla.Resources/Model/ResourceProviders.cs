using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>The providers that a fleet knows, one for each type. Immutable.</summary>
public sealed class ResourceProviders
{
    private readonly SortedDictionary<string, IResourceProvider> _byType;

    private ResourceProviders(IEnumerable<IResourceProvider> providers) =>
        _byType = new SortedDictionary<string, IResourceProvider>(providers.ToDictionary(provider => provider.Type, StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Those that Flotilla brings: <c>file</c> and <c>directory</c>.</summary>
    public static ResourceProviders BuiltIn { get; } = new([new FileProvider(), new DirectoryProvider()]);

    /// <summary>The types, in ordinal order.</summary>
    public IReadOnlyCollection<string> Types => _byType.Keys;

    /// <summary>These and another; it takes the place of one of the same type.</summary>
    public ResourceProviders With(IResourceProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new ResourceProviders([.. _byType.Values.Where(known => known.Type != provider.Type), provider]);
    }

    /// <summary>The provider of a resource.</summary>
    /// <exception cref="ProblemException">There is none of its type.</exception>
    public IResourceProvider For(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return _byType.GetValueOrDefault(resource.Type) ?? throw new ProblemException(new Problem(
            $"{resource.Id.Title} has no provider: no one knows the type \"{resource.Type}\".",
            resource.Declared,
            Fix: Suggestion.Sentence(resource.Type, _byType.Keys)));
    }
}
