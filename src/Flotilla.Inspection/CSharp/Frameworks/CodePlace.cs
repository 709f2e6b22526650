using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp.Frameworks;

/// <summary>Where a diagnostic stands, as the rules about frameworks ask for it.</summary>
internal sealed class CodePlace(ProjectFacts facts, SyntaxNode node, SemanticModel model)
{
    private readonly Lazy<ISymbol?> _member = new(() => Declared(node, model, type: false));
    private readonly Lazy<INamedTypeSymbol?> _type = new(() => Declared(node, model, type: true) as INamedTypeSymbol);

    /// <summary>What is known of the whole project.</summary>
    public ProjectFacts Facts => facts;

    /// <summary>The place itself.</summary>
    public SyntaxNode Node => node;

    /// <summary>The member around the place; the type when the place is the type's own.</summary>
    public ISymbol? Member => _member.Value;

    /// <summary>The innermost type around the place.</summary>
    public INamedTypeSymbol? Type => _type.Value;

    /// <summary>The type, and those that it stands in.</summary>
    public IEnumerable<INamedTypeSymbol> Types
    {
        get
        {
            for (var type = Type; type is not null; type = type.ContainingType) yield return type;
        }
    }

    /// <summary>Whether the type derives from a class or has an interface, by name and namespace, generic or not.</summary>
    public bool TypeIs(string space, string name) => Type is { } type && Derives(type, space, name);

    /// <summary>Whether a type derives from a class or has an interface, by name and namespace, generic or not.</summary>
    public static bool Derives(INamedTypeSymbol type, string space, string name)
    {
        for (var above = type.BaseType; above is not null; above = above.BaseType)
            if (Is(above, space, name)) return true;
        return type.AllInterfaces.Any(candidate => Is(candidate, space, name));
    }

    /// <summary>Whether a type is the one of this name, in this namespace or below.</summary>
    public static bool Is(INamedTypeSymbol type, string space, string name)
    {
        if (name != "*" && type.Name != name) return false;
        var stands = type.ContainingNamespace?.ToDisplayString() ?? "";
        return stands == space || stands.StartsWith(space + ".", StringComparison.Ordinal);
    }

    private static ISymbol? Declared(SyntaxNode node, SemanticModel model, bool type)
    {
        foreach (var around in node.AncestorsAndSelf())
        {
            var declares = type
                ? around is BaseTypeDeclarationSyntax
                : around is MemberDeclarationSyntax and not (BaseFieldDeclarationSyntax or GlobalStatementSyntax or BaseNamespaceDeclarationSyntax)
                    || around is VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax };
            if (declares && model.GetDeclaredSymbol(around) is { } symbol) return symbol;
            if (!type && around is BaseFieldDeclarationSyntax field) return model.GetDeclaredSymbol(field.Declaration.Variables[0]);
        }
        return null;
    }
}
