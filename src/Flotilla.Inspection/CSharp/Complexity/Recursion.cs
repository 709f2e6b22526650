using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp.Complexity;

/// <summary>Finds methods that call themselves, directly or through others of their type.</summary>
/// <remarks>By name and number of arguments, from the text alone, so that it also works for a file without a project.</remarks>
internal static class Recursion
{
    /// <summary>The methods of a type that take part in a cycle of calls.</summary>
    public static HashSet<MethodDeclarationSyntax> In(TypeDeclarationSyntax type)
    {
        var methods = type.Members.OfType<MethodDeclarationSyntax>().ToArray();
        var calls = methods.ToDictionary(method => method, method => Called(method, methods));
        return [.. methods.Where(method => Reaches(method, calls))];
    }

    private static bool Reaches(MethodDeclarationSyntax start, Dictionary<MethodDeclarationSyntax, MethodDeclarationSyntax[]> calls)
    {
        var seen = new HashSet<MethodDeclarationSyntax>();
        var next = new Stack<MethodDeclarationSyntax>(calls[start]);
        while (next.TryPop(out var method))
        {
            if (method == start) return true;
            if (seen.Add(method)) foreach (var called in calls[method]) next.Push(called);
        }
        return false;
    }

    private static MethodDeclarationSyntax[] Called(MethodDeclarationSyntax method, MethodDeclarationSyntax[] methods)
    {
        var hidden = method.DescendantNodes().OfType<LocalFunctionStatementSyntax>().Select(local => local.Identifier.Text).ToHashSet(StringComparer.Ordinal);
        return method.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Select(call => (Name: NameOf(call.Expression, method), Count: call.ArgumentList.Arguments.Count))
            .Where(call => call.Name is not null && !hidden.Contains(call.Name))
            .SelectMany(call => methods.Where(candidate => candidate.Identifier.Text == call.Name && Accepts(candidate, call.Count)))
            .Distinct()
            .ToArray();
    }

    private static string? NameOf(ExpressionSyntax expression, MethodDeclarationSyntax method) => expression switch
    {
        SimpleNameSyntax name => name.Identifier.Text,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => access.Name.Identifier.Text,
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type } access
            when method.Parent is TypeDeclarationSyntax own && own.Identifier.Text == type.Identifier.Text => access.Name.Identifier.Text,
        _ => null,
    };

    private static bool Accepts(MethodDeclarationSyntax method, int count)
    {
        var parameters = method.ParameterList.Parameters;
        var needed = parameters.Count(parameter => parameter.Default is null && !IsParams(parameter));
        return count >= needed && (count <= parameters.Count || parameters.Any(IsParams));
    }

    private static bool IsParams(ParameterSyntax parameter) => parameter.Modifiers.Any(modifier => modifier.Text == "params");
}
