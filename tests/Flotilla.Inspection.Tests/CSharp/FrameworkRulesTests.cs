using Flotilla.Inspection.CSharp;
using Flotilla.Inspection.CSharp.Frameworks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Flotilla.Inspection.Tests.CSharp;

/// <summary>Frameworks stand here as a few declarations of the same names, so that no package is needed.</summary>
public sealed class FrameworkRulesTests
{
    private const string Stubs = """
        namespace Xunit { public interface IAsyncLifetime { } public class FactAttribute : System.Attribute { } }
        namespace NUnit.Framework { public class TestAttribute : System.Attribute { } public class SetUpAttribute : System.Attribute { } }
        namespace Microsoft.VisualStudio.TestTools.UnitTesting { public class TestClassAttribute : System.Attribute { } public class TestMethodAttribute : System.Attribute { } }
        namespace Microsoft.AspNetCore.Mvc { public class ControllerBase { } }
        namespace Microsoft.AspNetCore.Components { public class ComponentBase { } public class ParameterAttribute : System.Attribute { } }
        namespace Microsoft.EntityFrameworkCore { public class DbContext { } public class DbSet<T> { } public interface IEntityTypeConfiguration<T> { } }
        namespace Microsoft.Extensions.Hosting { public interface IHostedService { } public class BackgroundService : IHostedService { } }
        namespace MediatR { public interface IRequestHandler<T> { } }
        namespace System.Text.Json.Serialization { public class JsonSerializerContext { } }
        """;

    [Theory]
    [InlineData("xunit", "CA1707", "public class T { [Xunit.Fact] public void §A_b() { } }", true)]
    [InlineData("xunit", "CA1707", "public class T { [Xunit.Fact] public void X() { } public void §A_b() { } }", false)]
    [InlineData("xunit", "CA1707", "public class Own : Xunit.FactAttribute { } public class T { [Own] public void §A_b() { } }", true)]
    [InlineData("xunit", "CA1822", "public class T { [Xunit.Fact] public void §M() { } }", true)]
    [InlineData("xunit", "CA1822", "public class T { [Xunit.Fact] public void M() { } private void §Help() { } }", false)]
    [InlineData("xunit", "CA2007", "public class T { [Xunit.Fact] public async System.Threading.Tasks.Task M() { await §N(); } System.Threading.Tasks.Task N() => null; }", true)]
    [InlineData("xunit", "CA2007", "public class T { public async System.Threading.Tasks.Task M() { await §N(); } System.Threading.Tasks.Task N() => null; }", false)]
    [InlineData("xunit", "CA1515", "public class §T { [Xunit.Fact] public void M() { } }", true)]
    [InlineData("xunit", "CA1515", "public class §T { public void M() { } }", false)]
    [InlineData("xunit", "CA1515", "public class Base { [Xunit.Fact] public void M() { } } public class §T : Base { }", true)]
    [InlineData("xunit", "CS8618", "public class T : Xunit.IAsyncLifetime { private string §a; }", true)]
    [InlineData("xunit", "CS8618", "public class T { [Xunit.Fact] public void M() { } private string §a; }", false)]
    [InlineData("nunit", "CS8618", "public class T { private string §a; [NUnit.Framework.SetUp] public void S() { a = \"\"; } }", true)]
    [InlineData("nunit", "CS8618", "public class T { private string §a, b; [NUnit.Framework.SetUp] public void S() { b = \"\"; } }", false)]
    [InlineData("mstest", "CA1707", "[Microsoft.VisualStudio.TestTools.UnitTesting.TestClass] public class T { [Microsoft.VisualStudio.TestTools.UnitTesting.TestMethod] public void §A_b() { } }", true)]
    [InlineData("aspnetcore", "CA2007", "public class T { void §M() { } }", true)]
    [InlineData("aspnetcore", "CA1822", "public class Home : Microsoft.AspNetCore.Mvc.ControllerBase { public int §Get() => 1; }", true)]
    [InlineData("aspnetcore", "CA1822", "public class Home : Microsoft.AspNetCore.Mvc.ControllerBase { private int §Get() => 1; }", false)]
    [InlineData("aspnetcore", "CA1822", "public class Startup { public void §ConfigureServices(object o) { } public void Other() { } }", true)]
    [InlineData("aspnetcore", "CA1822", "public class Startup { public void §Other() { } }", false)]
    [InlineData("aspnetcore", "CA1062", "public class HomeController { public int Get(string §s) => s.Length; }", true)]
    [InlineData("aspnetcore", "CA1812", "internal class §Clock { } class P { void M(dynamic s) { s.AddSingleton<Clock>(); } }", true)]
    [InlineData("aspnetcore", "CA1812", "internal class §Clock { } class P { void M(dynamic s) { s.AddSingleton(typeof(Clock)); } }", true)]
    [InlineData("aspnetcore", "CA1812", "internal class §Clock { } class P { void M(dynamic s) { } }", false)]
    [InlineData("aspnetcore", "CS8618", "public class MailOptions { public string §Host { get; set; } }", true)]
    [InlineData("aspnetcore", "CS8618", "public class Mail { public string §Host { get; set; } } class P { void M(dynamic s) { s.Configure<Mail>(); } }", true)]
    [InlineData("aspnetcore", "CS8618", "public class Mail { public string §Host { get; set; } }", false)]
    [InlineData("blazor", "IDE0051", "public partial class Page : Microsoft.AspNetCore.Components.ComponentBase { private int §n; }", true)]
    [InlineData("blazor", "IDE0051", "public partial class Page { private int §n; }", false)]
    [InlineData("blazor", "CS8618", "public partial class Page : Microsoft.AspNetCore.Components.ComponentBase { [Microsoft.AspNetCore.Components.Parameter] public string §P { get; set; } }", true)]
    [InlineData("blazor", "CS8618", "public partial class Page : Microsoft.AspNetCore.Components.ComponentBase { public string §P { get; set; } }", false)]
    [InlineData("efcore", "CS8618", "public class Shop : Microsoft.EntityFrameworkCore.DbContext { public Microsoft.EntityFrameworkCore.DbSet<Order> §Orders { get; set; } } public class Order { }", true)]
    [InlineData("efcore", "CS8618", "public class Shop : Microsoft.EntityFrameworkCore.DbContext { public string §Name { get; set; } }", false)]
    [InlineData("efcore", "CS8618", "public class Shop { Microsoft.EntityFrameworkCore.DbSet<Order> s; } public class Order { public string §Name { get; set; } }", true)]
    [InlineData("efcore", "CS8618", "public class Order { public string §Name { get; set; } }", false)]
    [InlineData("efcore", "IDE0051", "class S : Microsoft.EntityFrameworkCore.IEntityTypeConfiguration<Order> { } public class Order { private §Order() { } }", true)]
    [InlineData("efcore", "S1144", "class S : Microsoft.EntityFrameworkCore.IEntityTypeConfiguration<Order> { } public class Order { public int N { get; private §set; } }", true)]
    [InlineData("efcore", "IDE0051", "class S : Microsoft.EntityFrameworkCore.IEntityTypeConfiguration<Order> { } public class Order { private void §M() { } }", false)]
    [InlineData("hosting", "CA1812", "internal class §W : Microsoft.Extensions.Hosting.BackgroundService { }", true)]
    [InlineData("hosting", "CA2007", "internal class W : Microsoft.Extensions.Hosting.BackgroundService { void §M() { } }", true)]
    [InlineData("hosting", "CA2007", "internal class W { void §M() { } }", false)]
    [InlineData("mediatr", "CA1812", "internal class §H : MediatR.IRequestHandler<int> { }", true)]
    [InlineData("mediatr", "CA1812", "internal class §H { }", false)]
    [InlineData("generators", "CA1822", "partial class L { partial void §M(); }", true)]
    [InlineData("generators", "CA1822", "partial class L { void §M() { } }", false)]
    [InlineData("generators", "CA1812", "internal partial class §J : System.Text.Json.Serialization.JsonSerializerContext { }", true)]
    public void A_rule_holds_where_the_framework_makes_the_report_false(string framework, string code, string source, bool expected)
    {
        var at = source.IndexOf('§', StringComparison.Ordinal);
        var tree = CSharpSyntaxTree.ParseText(source.Remove(at, 1), cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CSharpCompilation.Create(
            "probe",
            [tree, CSharpSyntaxTree.ParseText(Stubs, cancellationToken: TestContext.Current.CancellationToken)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
        var end = at;
        while (end < tree.Length && (char.IsLetterOrDigit(tree.ToString()[end]) || tree.ToString()[end] == '_')) end++;
        var place = new CodePlace(new ProjectFacts([tree]), DiagnosticFindings.NodeAt(tree, TextSpan.FromBounds(at, end)), compilation.GetSemanticModel(tree));
        FrameworkRules.All.Any(rule => rule.Framework == framework && rule.Codes.Contains(code) && rule.Holds(place)).ShouldBe(expected);
    }

    [Fact]
    public void Every_rule_is_of_a_framework_that_can_be_found_and_says_why()
    {
        foreach (var rule in FrameworkRules.All)
        {
            rule.Reason.ShouldEndWith(".");
            rule.Codes.ShouldNotBeEmpty();
            var known = rule.Framework == KnownFrameworks.Generators
                || KnownFrameworks.Of(["xunit.v3", "nunit", "MSTest.TestFramework", "Microsoft.AspNetCore.App", "Microsoft.EntityFrameworkCore.Sqlite", "MediatR", "Microsoft.Extensions.Hosting"], hasRazor: true).Contains(rule.Framework);
            known.ShouldBeTrue(rule.Framework);
        }
    }

    [Theory]
    [InlineData("Microsoft.NETCore.App", false, "")]
    [InlineData("xunit.v3.core", false, "xunit")]
    [InlineData("xunit.analyzers", false, "")]
    [InlineData("NUnit", false, "nunit")]
    [InlineData("Microsoft.AspNetCore.App Microsoft.AspNetCore.Components.Web", false, "aspnetcore")]
    [InlineData("Microsoft.AspNetCore.App", true, "aspnetcore blazor")]
    [InlineData("Microsoft.AspNetCore.Components.WebAssembly", false, "blazor")]
    [InlineData("Microsoft.EntityFrameworkCore.SqlServer MediatR", false, "efcore mediatr")]
    public void Frameworks_are_told_by_packages_and_assemblies(string names, bool hasRazor, string expected) =>
        string.Join(' ', KnownFrameworks.Of(names.Split(' '), hasRazor)).ShouldBe(expected);
}
