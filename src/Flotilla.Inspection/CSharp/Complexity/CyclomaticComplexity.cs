using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp.Complexity;

/// <summary>Cyclomatic complexity: the number of independent paths through a member.</summary>
/// <remarks>
/// T. J. McCabe, "A Complexity Measure", IEEE Transactions on Software Engineering SE-2(4), 1976: decisions plus one, a
/// compound condition counting for each of its conditions. Decisions are <c>if</c>, loops, <c>?:</c>, <c>??</c>, <c>??=</c>,
/// <c>&amp;&amp;</c>, <c>||</c>, patterns joined by <c>and</c> or <c>or</c>, <c>case</c> (not <c>default</c>), arms of a switch
/// expression (not the discard), <c>when</c> and <c>catch</c>. Lambdas and local functions belong to the member around them.
/// </remarks>
internal static class CyclomaticComplexity
{
    /// <summary>The measure of a member.</summary>
    public static int Of(SyntaxNode member) => 1 + member.DescendantNodes().Count(IsDecision);

    private static bool IsDecision(SyntaxNode node) => node.Kind() switch
    {
        SyntaxKind.IfStatement or SyntaxKind.WhileStatement or SyntaxKind.DoStatement or SyntaxKind.ForStatement
            or SyntaxKind.ForEachStatement or SyntaxKind.ForEachVariableStatement or SyntaxKind.CatchClause or SyntaxKind.CatchFilterClause
            or SyntaxKind.WhenClause or SyntaxKind.CaseSwitchLabel or SyntaxKind.ConditionalExpression
            or SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression
            or SyntaxKind.CoalesceAssignmentExpression or SyntaxKind.AndPattern or SyntaxKind.OrPattern => true,
        SyntaxKind.CasePatternSwitchLabel => ((CasePatternSwitchLabelSyntax)node).Pattern is not DiscardPatternSyntax,
        SyntaxKind.SwitchExpressionArm => ((SwitchExpressionArmSyntax)node).Pattern is not DiscardPatternSyntax,
        _ => false,
    };
}
