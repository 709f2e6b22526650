using Flotilla.Core;

namespace Flotilla.Images.Configuration;

/// <summary>A value, and the place in an <c>image.yaml</c> that says it.</summary>
/// <param name="Value">What holds.</param>
/// <param name="Where">The deepest file's word; what it overrides is not kept.</param>
public sealed record Said<T>(T Value, SourceLocation Where);
