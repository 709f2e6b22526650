using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flotilla.Inspection.Tests.CSharp;

/// <summary>Analyser assemblies that do not work: one throws, one needs an assembly that is not there.</summary>
internal static class BrokenAnalyzers
{
    public static void Write(string folder)
    {
        Emit(Path.Combine(folder, "Throwing.dll"), Analyzer("Throwing", "DiagnosticAnalyzer", "throw new System.InvalidOperationException(\"boom\");"));
        var parent = Path.Combine(folder, "Parent.dll");
        Emit(parent, Analyzer("Parent", "DiagnosticAnalyzer", ""));
        Emit(Path.Combine(folder, "Orphan.dll"), """
            [Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer("C#")]
            public sealed class Orphan : Parent { }
            """, parent);
        File.Delete(parent);
    }

    private static string Analyzer(string name, string parent, string body) => $$"""
        using System.Collections.Immutable;
        using Microsoft.CodeAnalysis;
        using Microsoft.CodeAnalysis.Diagnostics;
        [DiagnosticAnalyzer("C#")]
        public class {{name}} : {{parent}}
        {
            private static readonly DiagnosticDescriptor Rule = new("BRK001", "t", "m", "c", DiagnosticSeverity.Warning, true);
            public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];
            public override void Initialize(AnalysisContext context)
            {
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                context.EnableConcurrentExecution();
                context.RegisterSymbolAction(symbol => { {{body}} }, SymbolKind.NamedType);
            }
        }
        """;

    private static void Emit(string path, string source, params string[] references)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var all = platform.Append(typeof(DiagnosticAnalyzer).Assembly.Location).Concat(references).DistinctBy(Path.GetFileName);
        var result = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(source)],
            all.Select(reference => MetadataReference.CreateFromFile(reference)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(path);
        result.Success.ShouldBeTrue(string.Join('\n', result.Diagnostics));
    }
}
