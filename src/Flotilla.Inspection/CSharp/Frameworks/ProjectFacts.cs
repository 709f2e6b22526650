using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp.Frameworks;

/// <summary>What the rules about frameworks need to know of a project as a whole; each is worked out when it is first asked for.</summary>
internal sealed class ProjectFacts(IReadOnlyList<SyntaxTree> sources)
{
    private readonly Lazy<HashSet<string>> _typeArguments = new(() => Names(sources, Arguments));
    private readonly Lazy<HashSet<string>> _entities = new(() => Names(sources, Entities));
    private readonly Lazy<HashSet<string>> _bound = new(() => Names(sources, Bound));

    /// <summary>Names of types given to generic methods or to <c>typeof</c>: containers and handlers create these.</summary>
    public IReadOnlySet<string> TypeArguments => _typeArguments.Value;

    /// <summary>Names of types in a <c>DbSet</c> or with a configuration of Entity Framework.</summary>
    public IReadOnlySet<string> EntityTypes => _entities.Value;

    /// <summary>Names of types that configuration is bound to.</summary>
    public IReadOnlySet<string> BoundTypes => _bound.Value;

    private static HashSet<string> Names(IReadOnlyList<SyntaxTree> sources, Func<SyntaxNode, IEnumerable<TypeSyntax>> choose) =>
        sources.SelectMany(tree => tree.GetRoot().DescendantNodes()).SelectMany(choose).Select(NameOf).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<TypeSyntax> Arguments(SyntaxNode node) => node switch
    {
        GenericNameSyntax { Parent: InvocationExpressionSyntax or MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } } name => name.TypeArgumentList.Arguments,
        TypeOfExpressionSyntax type => [type.Type],
        _ => [],
    };

    private static IEnumerable<TypeSyntax> Entities(SyntaxNode node) =>
        node is GenericNameSyntax { Identifier.Text: "DbSet" or "IEntityTypeConfiguration" or "Entity" } name ? name.TypeArgumentList.Arguments : [];

    private static IEnumerable<TypeSyntax> Bound(SyntaxNode node) =>
        node is GenericNameSyntax { Identifier.Text: "Configure" or "AddOptions" or "BindConfiguration" or "Get" or "IOptions" or "IOptionsMonitor" or "IOptionsSnapshot" or "ReadFromJsonAsync" } name
            ? name.TypeArgumentList.Arguments
            : [];

    private static string? NameOf(TypeSyntax type) => type switch
    {
        NullableTypeSyntax nullable => NameOf(nullable.ElementType),
        ArrayTypeSyntax array => NameOf(array.ElementType),
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => null,
    };
}
