using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Flotilla.Inspection.CSharp.Complexity;

/// <summary>Reports members that are more complex than wanted. It needs the text alone.</summary>
internal sealed class ComplexityRules(int maxCyclomatic, int maxCognitive)
{
    /// <summary>The code of cyclomatic complexity.</summary>
    public const string Cyclomatic = "cyclomatic-complexity";

    /// <summary>The code of cognitive complexity.</summary>
    public const string Cognitive = "cognitive-complexity";

    /// <summary>What is too complex in a file, in its order: the name's place, the code and the words.</summary>
    public IEnumerable<(TextSpan Span, string Code, string Message)> Check(SyntaxNode root)
    {
        var recursive = new HashSet<MethodDeclarationSyntax>();
        foreach (var type in root.DescendantNodes().OfType<TypeDeclarationSyntax>()) recursive.UnionWith(Recursion.In(type));
        foreach (var (member, name, span) in Members(root))
        {
            var cyclomatic = CyclomaticComplexity.Of(member);
            if (cyclomatic > maxCyclomatic)
                yield return (span, Cyclomatic, string.Create(CultureInfo.InvariantCulture, $"{name} has a cyclomatic complexity of {cyclomatic}; at most {maxCyclomatic} is wanted."));
            var cognitive = CognitiveComplexity.Of(member, member is MethodDeclarationSyntax method && recursive.Contains(method));
            if (cognitive > maxCognitive)
                yield return (span, Cognitive, string.Create(CultureInfo.InvariantCulture, $"{name} has a cognitive complexity of {cognitive}; at most {maxCognitive} is wanted."));
        }
    }

    /// <summary>The members of a file that have code, each with its name and where that stands.</summary>
    internal static IEnumerable<(SyntaxNode Member, string Name, TextSpan Span)> Members(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodesAndSelf(node => node is not (BaseMethodDeclarationSyntax or AccessorDeclarationSyntax)))
        {
            switch (node)
            {
                // The statements of a program stand among its types; as one block they can be walked as a member is.
                case CompilationUnitSyntax unit when unit.Members.OfType<GlobalStatementSyntax>().ToArray() is { Length: > 0 } statements:
                    yield return (SyntaxFactory.Block(statements.Select(statement => statement.Statement)), "The program", statements[0].GetFirstToken().Span);
                    break;
                case BaseMethodDeclarationSyntax method:
                    yield return (method, EnclosingMember.NameOf(method)!, SpanOf(method));
                    break;
                case AccessorDeclarationSyntax accessor:
                    yield return (accessor, $"{EnclosingMember.NameOf(accessor.Parent!.Parent!)}.{accessor.Keyword.Text}", accessor.Keyword.Span);
                    break;
                case PropertyDeclarationSyntax { ExpressionBody: { } body } property:
                    yield return (body, property.Identifier.Text, property.Identifier.Span);
                    break;
                case IndexerDeclarationSyntax { ExpressionBody: { } body } indexer:
                    yield return (body, "this[]", indexer.ThisKeyword.Span);
                    break;
                case VariableDeclaratorSyntax { Initializer: { } initializer, Parent.Parent: BaseFieldDeclarationSyntax } field:
                    yield return (initializer, field.Identifier.Text, field.Identifier.Span);
                    break;
            }
        }
    }

    private static TextSpan SpanOf(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Span,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Span,
        DestructorDeclarationSyntax destructor => destructor.Identifier.Span,
        OperatorDeclarationSyntax sign => sign.OperatorToken.Span,
        ConversionOperatorDeclarationSyntax conversion => conversion.Type.Span,
        _ => method.GetFirstToken().Span,
    };
}
