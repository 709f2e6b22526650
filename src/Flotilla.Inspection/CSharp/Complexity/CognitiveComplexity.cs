using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp.Complexity;

/// <summary>Cognitive complexity: how hard a member is to follow.</summary>
/// <remarks>
/// G. Ann Campbell, "Cognitive Complexity: a new way of measuring understandability", SonarSource, 2017, appendix B.
/// One for each break of the linear flow (<c>if</c>, <c>else if</c>, <c>else</c>, <c>?:</c>, <c>switch</c>, loops, <c>catch</c>,
/// <c>goto</c>, a sequence of like logical operators, a member in a cycle of recursion), and one more for each level of nesting
/// around <c>if</c>, <c>?:</c>, <c>switch</c>, loops and <c>catch</c>. Lambdas and local functions nest without a break of their
/// own. Shorthands (<c>??</c>, <c>?.</c>), <c>try</c>, <c>finally</c>, <c>using</c>, <c>lock</c> and early exits are free.
/// </remarks>
internal sealed class CognitiveComplexity : CSharpSyntaxWalker
{
    private int _nesting;
    private int _total;

    private CognitiveComplexity()
    {
    }

    /// <summary>The measure of a member.</summary>
    /// <param name="member">A method, accessor, operator, or any other node with code.</param>
    /// <param name="isRecursive">Whether the member takes part in a cycle of calls.</param>
    public static int Of(SyntaxNode member, bool isRecursive)
    {
        var walker = new CognitiveComplexity { _total = isRecursive ? 1 : 0 };
        foreach (var child in member.ChildNodes()) walker.Visit(child);
        return walker._total;
    }

    /// <inheritdoc/>
    public override void VisitIfStatement(IfStatementSyntax node)
    {
        // An else-if was counted by the else before it, and does not nest.
        if (node.Parent is not ElseClauseSyntax) _total += 1 + _nesting;
        Visit(node.Condition);
        Nested(node.Statement);
        if (node.Else is not { } otherwise) return;
        _total++;
        if (otherwise.Statement is IfStatementSyntax next) Visit(next);
        else Nested(otherwise.Statement);
    }

    /// <inheritdoc/>
    public override void VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        _total += 1 + _nesting;
        Visit(node.Condition);
        Nested(node.WhenTrue);
        Nested(node.WhenFalse);
    }

    /// <inheritdoc/>
    public override void VisitSwitchStatement(SwitchStatementSyntax node)
    {
        _total += 1 + _nesting;
        Visit(node.Expression);
        foreach (var section in node.Sections) Nested(section);
    }

    /// <inheritdoc/>
    public override void VisitSwitchExpression(SwitchExpressionSyntax node)
    {
        _total += 1 + _nesting;
        Visit(node.GoverningExpression);
        foreach (var arm in node.Arms) Nested(arm);
    }

    /// <inheritdoc/>
    public override void VisitForStatement(ForStatementSyntax node)
    {
        _total += 1 + _nesting;
        foreach (var child in node.ChildNodes().Where(child => child != node.Statement)) Visit(child);
        Nested(node.Statement);
    }

    /// <inheritdoc/>
    public override void VisitForEachStatement(ForEachStatementSyntax node) => Loop(node.Expression, node.Statement);

    /// <inheritdoc/>
    public override void VisitForEachVariableStatement(ForEachVariableStatementSyntax node) => Loop(node.Expression, node.Statement);

    /// <inheritdoc/>
    public override void VisitWhileStatement(WhileStatementSyntax node) => Loop(node.Condition, node.Statement);

    /// <inheritdoc/>
    public override void VisitDoStatement(DoStatementSyntax node) => Loop(node.Condition, node.Statement);

    /// <inheritdoc/>
    public override void VisitCatchClause(CatchClauseSyntax node)
    {
        _total += 1 + _nesting;
        Visit(node.Filter);
        Nested(node.Block);
    }

    /// <inheritdoc/>
    public override void VisitGotoStatement(GotoStatementSyntax node)
    {
        _total++;
        base.VisitGotoStatement(node);
    }

    /// <inheritdoc/>
    public override void VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        if (IsLogical(node) && (Around(node) is not BinaryExpressionSyntax around || !IsLogical(around))) _total += Sequences(Operators(node));
        base.VisitBinaryExpression(node);
    }

    /// <inheritdoc/>
    public override void VisitBinaryPattern(BinaryPatternSyntax node)
    {
        if (Around(node) is not BinaryPatternSyntax) _total += Sequences(PatternOperators(node));
        base.VisitBinaryPattern(node);
    }

    /// <inheritdoc/>
    public override void VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => Nested(node.Body);

    /// <inheritdoc/>
    public override void VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => Nested(node.Body);

    /// <inheritdoc/>
    public override void VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node) => Nested(node.Body);

    /// <inheritdoc/>
    public override void VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        Nested(node.Body);
        Nested(node.ExpressionBody);
    }

    private static bool IsLogical(SyntaxNode? node) =>
        node is not null && (node.IsKind(SyntaxKind.LogicalAndExpression) || node.IsKind(SyntaxKind.LogicalOrExpression));

    private static SyntaxNode? Around(SyntaxNode node)
    {
        var around = node.Parent;
        while (around is ParenthesizedExpressionSyntax or ParenthesizedPatternSyntax) around = around.Parent;
        return around;
    }

    // Operators in the order they are read. Parentheses do not end a sequence; a negation does, for it is no operator here.
    private static IEnumerable<SyntaxKind> Operators(ExpressionSyntax expression)
    {
        while (expression is ParenthesizedExpressionSyntax parentheses) expression = parentheses.Expression;
        if (!IsLogical(expression)) return [];
        var binary = (BinaryExpressionSyntax)expression;
        return [.. Operators(binary.Left), binary.Kind(), .. Operators(binary.Right)];
    }

    private static IEnumerable<SyntaxKind> PatternOperators(PatternSyntax pattern)
    {
        while (pattern is ParenthesizedPatternSyntax parentheses) pattern = parentheses.Pattern;
        return pattern is BinaryPatternSyntax binary ? [.. PatternOperators(binary.Left), binary.Kind(), .. PatternOperators(binary.Right)] : [];
    }

    private static int Sequences(IEnumerable<SyntaxKind> operators)
    {
        var count = 0;
        var last = SyntaxKind.None;
        foreach (var sign in operators)
        {
            if (sign != last) count++;
            last = sign;
        }
        return count;
    }

    private void Loop(ExpressionSyntax condition, StatementSyntax body)
    {
        _total += 1 + _nesting;
        Visit(condition);
        Nested(body);
    }

    private void Nested(SyntaxNode? node)
    {
        if (node is null) return;
        _nesting++;
        Visit(node);
        _nesting--;
    }
}
