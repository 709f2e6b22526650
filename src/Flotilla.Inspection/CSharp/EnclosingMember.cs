using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp;

/// <summary>Names the namespace and the member around a place.</summary>
internal static class EnclosingMember
{
    /// <summary>The namespace, dotted, and the type with its member, dotted; null where there is none.</summary>
    public static (string? Module, string? Function) Of(SyntaxNode node)
    {
        var spaces = new List<string>();
        var names = new List<string>();
        foreach (var around in node.AncestorsAndSelf())
        {
            if (around is BaseNamespaceDeclarationSyntax space) spaces.Insert(0, space.Name.ToString());
            else if (NameOf(around) is { } name) names.Insert(0, name);
        }
        return (spaces.Count == 0 ? null : string.Join('.', spaces), names.Count == 0 ? null : string.Join('.', names));
    }

    /// <summary>What a type or member is called; null for any other node.</summary>
    public static string? NameOf(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax => ".ctor",
        DestructorDeclarationSyntax => "Finalize",
        OperatorDeclarationSyntax sign => $"operator {sign.OperatorToken.Text}",
        ConversionOperatorDeclarationSyntax conversion => $"operator {conversion.Type}",
        PropertyDeclarationSyntax property => property.Identifier.Text,
        IndexerDeclarationSyntax => "this[]",
        EventDeclarationSyntax happening => happening.Identifier.Text,
        EnumMemberDeclarationSyntax member => member.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field => field.Identifier.Text,
        _ => null,
    };
}
