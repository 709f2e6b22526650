using Flotilla.Inspection.CSharp.Complexity;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.Tests.CSharp;

public sealed class ComplexityTests
{
    [Theory]
    [InlineData("", 1)]
    [InlineData("if (a) { }", 2)]
    [InlineData("if (a) { } else { }", 2)]
    [InlineData("if (a && b || c) { }", 4)]
    [InlineData("var x = a ? 1 : 2;", 2)]
    [InlineData("var x = y ?? z ?? w;", 3)]
    [InlineData("y ??= z;", 2)]
    [InlineData("var x = y?.Length;", 1)]
    [InlineData("while (a) { } do { } while (a); for (;;) { } foreach (var i in s) { }", 5)]
    [InlineData("foreach (var (k, v) in s) { }", 2)]
    [InlineData("switch (n) { case 1: break; case 2: case 3: break; default: break; }", 4)]
    [InlineData("switch (n) { case int i when i > 2: break; }", 3)]
    [InlineData("var x = n switch { 1 => 1, > 2 => 2, _ => 3 };", 3)]
    [InlineData("var x = n is 1 or 2 and not 3;", 3)]
    [InlineData("try { } catch (E e) when (a) { } finally { }", 3)]
    [InlineData("F(() => a ? 1 : 2);", 2)]
    [InlineData("void L() { if (a) { } }", 2)]
    public void Cyclomatic_counts_decisions(string body, int expected) =>
        CyclomaticComplexity.Of(Method($"void M() {{ {body} }}")).ShouldBe(expected);

    [Theory]
    [InlineData("", 0)]
    [InlineData("if (a) { }", 1)]
    [InlineData("if (a) { } else { }", 2)]
    [InlineData("if (a) { } else if (b) { } else { }", 3)]
    [InlineData("if (a) { if (b) { } }", 3)]
    [InlineData("if (a) { } else { if (b) { } }", 4)]
    [InlineData("if (a) { } else if (b) { if (c) { } }", 4)]
    [InlineData("for (;;) { while (a) { if (b) { } } }", 6)]
    [InlineData("foreach (var i in s) { do { } while (a); }", 3)]
    [InlineData("var x = a ? b ? 1 : 2 : 3;", 3)]
    [InlineData("switch (n) { case 1: if (a) { } break; case 2: break; }", 3)]
    [InlineData("var x = n switch { 1 => a ? 1 : 2, _ => 3 };", 3)]
    [InlineData("try { if (a) { } } catch (E e) { if (b) { } } finally { if (c) { } }", 5)]
    [InlineData("var x = a && b && c;", 1)]
    [InlineData("var x = a && b || c;", 2)]
    [InlineData("var x = a && b || c && d;", 3)]
    [InlineData("var x = a && (b && c);", 1)]
    [InlineData("var x = a && !(b && c);", 2)]
    [InlineData("if (a && b || c) { }", 3)]
    [InlineData("var x = n is 1 or 2 or 3;", 1)]
    [InlineData("var x = n is > 1 and < 3 or 9;", 2)]
    [InlineData("var x = y ?? z; y ??= z; var w = y?.Length;", 0)]
    [InlineData("using (a) { lock (b) { if (c) { } } }", 1)]
    [InlineData("while (a) { break; continue; }", 1)]
    [InlineData("again: if (a) { goto again; }", 2)]
    [InlineData("switch (n) { case 1: goto case 2; case 2: goto default; default: break; }", 3)]
    [InlineData("F(() => { if (a) { } });", 2)]
    [InlineData("F(x => a ? 1 : 2);", 2)]
    [InlineData("F(delegate { while (a) { } });", 2)]
    [InlineData("void L() { if (a) { } } L();", 2)]
    [InlineData("void L() { } L();", 0)]
    public void Cognitive_follows_the_paper(string body, int expected) =>
        CognitiveComplexity.Of(Method($"void M() {{ {body} }}"), isRecursive: false).ShouldBe(expected);

    // The worked examples of the paper's appendix C, in C#.
    [Fact]
    public void Cognitive_of_the_papers_sum_of_primes_is_seven() => CognitiveComplexity.Of(Method("""
        int SumOfPrimes(int max)
        {
            int total = 0;
            for (int i = 1; i <= max; ++i)
            {
                for (int j = 2; j < i; ++j)
                {
                    if (i % j == 0)
                    {
                        goto OUT;
                    }
                }
                total += i;
                OUT: ;
            }
            return total;
        }
        """), isRecursive: false).ShouldBe(7);

    [Fact]
    public void Cognitive_of_the_papers_get_words_is_one() => CognitiveComplexity.Of(Method("""
        string GetWords(int number)
        {
            switch (number)
            {
                case 1: return "one";
                case 2: return "a couple";
                default: return "lots";
            }
        }
        """), isRecursive: false).ShouldBe(1);

    [Theory]
    [InlineData("void A() { A(); }", "A")]
    [InlineData("void A() { this.A(); }", "A")]
    [InlineData("static void A() { C.A(); }", "A")]
    [InlineData("void A() { B(); } void B() { A(); } void D() { A(); }", "A B")]
    [InlineData("void A() { B(); } void B() { D(); } void D() { A(); }", "A B D")]
    [InlineData("void A() { A(1); } void A(int n) { }", "")]
    [InlineData("void A(int n, int m = 0) { A(1); }", "A")]
    [InlineData("void A(params int[] n) { A(1, 2, 3); }", "A")]
    [InlineData("void A() { other.A(); }", "")]
    [InlineData("void A() { void B() { } B(); } void B() { A(); }", "")]
    public void Recursion_is_found_through_other_methods_of_the_type(string members, string recursive)
    {
        var type = (ClassDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"class C {{ {members} }}")!;
        string.Join(' ', Recursion.In(type).Select(method => method.Identifier.Text).Order(StringComparer.Ordinal)).ShouldBe(recursive);
    }

    [Fact]
    public void A_recursive_method_costs_one_more()
    {
        var root = CSharpSyntaxTree.ParseText("class C { int F(int n) { return n == 0 ? 1 : n * F(n - 1); } }", cancellationToken: TestContext.Current.CancellationToken)
            .GetRoot(TestContext.Current.CancellationToken);
        new ComplexityRules(99, 1).Check(root).ShouldHaveSingleItem().Message.ShouldBe("F has a cognitive complexity of 2; at most 1 is wanted.");
    }

    [Theory]
    [InlineData("class C { C() { if (a) { } } }", ".ctor")]
    [InlineData("class C { int P => a ? 1 : 2; }", "P")]
    [InlineData("class C { int P { get { return a ? 1 : 2; } } }", "P.get")]
    [InlineData("class C { int this[int i] => a ? 1 : 2; }", "this[]")]
    [InlineData("class C { System.Func<int> f = () => a ? 1 : 2; }", "f")]
    [InlineData("class C { public static C operator +(C x, C y) => a ? x : y; }", "operator +")]
    [InlineData("class C { ~C() { if (a) { } } }", "Finalize")]
    [InlineData("if (a) { }", "The program")]
    [InlineData("class C { int M() => a ? 1 : 2; }", "M")]
    public void Every_kind_of_member_is_measured_once(string source, string name)
    {
        var root = CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken).GetRoot(TestContext.Current.CancellationToken);
        var found = new ComplexityRules(1, 99).Check(root).ShouldHaveSingleItem();
        found.Code.ShouldBe("cyclomatic-complexity");
        found.Message.ShouldStartWith($"{name} has a cyclomatic complexity of 2;");
    }

    [Fact]
    public void What_is_as_complex_as_is_wanted_is_no_finding() =>
        new ComplexityRules(2, 1).Check(CSharpSyntaxTree.ParseText("class C { void M() { if (a) { } } }", cancellationToken: TestContext.Current.CancellationToken)
            .GetRoot(TestContext.Current.CancellationToken)).ShouldBeEmpty();

    private static MethodDeclarationSyntax Method(string text) => (MethodDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(text)!;
}
