using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>What <c>.editorconfig</c> and <c>.globalconfig</c> say about a project's files, as the compiler reads it.</summary>
internal sealed class ConfiguredOptions
{
    private readonly AnalyzerConfigSet _set;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AnalyzerConfigOptionsResult> _byPath = new(StringComparer.Ordinal);

    /// <summary>Reads the files; those that are not there are passed over.</summary>
    /// <param name="paths">Configuration files, absolute.</param>
    /// <param name="overrides">Severities that hold whatever the files say.</param>
    public ConfiguredOptions(IEnumerable<string> paths, IReadOnlyDictionary<string, ReportDiagnostic> overrides)
    {
        _set = AnalyzerConfigSet.Create(
            paths.Where(File.Exists).Select(path => AnalyzerConfig.Parse(SourceText.From(File.ReadAllText(path)), path)).ToArray(),
            out var wrong);
        Diagnostics = wrong;
        Analyzers = new AnalyzerOptionsOfTrees(this);
        Severities = new SeveritiesOfTrees(this, overrides);
    }

    /// <summary>What is wrong in the configuration files.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>Options as analysers ask for them.</summary>
    public AnalyzerConfigOptionsProvider Analyzers { get; }

    /// <summary>Severities as the compiler asks for them.</summary>
    public SyntaxTreeOptionsProvider Severities { get; }

    private AnalyzerConfigOptionsResult Of(string path)
    {
        lock (_lock)
        {
            if (!_byPath.TryGetValue(path, out var result)) _byPath[path] = result = _set.GetOptionsForSourcePath(path);
            return result;
        }
    }

    private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public static Values None { get; } = new(ImmutableDictionary.Create<string, string>(KeyComparer));

        public override IEnumerable<string> Keys => values.Keys.Order(StringComparer.Ordinal);

        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
            values.TryGetValue(key, out value);
    }

    private sealed class AnalyzerOptionsOfTrees(ConfiguredOptions options) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(options._set.GlobalConfigOptions.AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => Of(tree.FilePath);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => Of(textFile.Path);

        private Values Of(string path) => path.Length == 0 ? Values.None : new(options.Of(path).AnalyzerOptions);
    }

    private sealed class SeveritiesOfTrees(ConfiguredOptions options, IReadOnlyDictionary<string, ReportDiagnostic> overrides) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken)
        {
            if (tree.FilePath.Length == 0) return GeneratedKind.Unknown;
            if (options.Of(tree.FilePath).AnalyzerOptions.TryGetValue("generated_code", out var said) && bool.TryParse(said, out var generated))
                return generated ? GeneratedKind.MarkedGenerated : GeneratedKind.NotGenerated;
            return GeneratedKind.Unknown;
        }

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            if (overrides.TryGetValue(diagnosticId, out severity)) return true;
            if (tree.FilePath.Length > 0) return options.Of(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);
            severity = ReportDiagnostic.Default;
            return false;
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            overrides.TryGetValue(diagnosticId, out severity) || options._set.GlobalConfigOptions.TreeOptions.TryGetValue(diagnosticId, out severity);
    }
}
