using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Described;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Caching;

/// <summary>The cache never changes a result: after whatever step, a report with it is the one without it.</summary>
[Collection(PathCollection.Name)]
public sealed class CacheLawTests
{
    private static readonly string[] Modules = ["a.py", "b.py", "left/c.py", "pkg/__init__.py", "pkg/d.py", "lib/e.py"];

    private static readonly string[] Texts =
    [
        "import os\n", "import b\nx = b.value\n", "from pkg import d\n\n\ndef f(x):\n    return d\n", "from . import e\n", "try: import c\nexcept ImportError: pass\n",
        "value = 1\nlong = 'a line of more than seventy-nine characters, which is short enough for more lenient people'\n", "def f(:\n", "import e  # noqa: F401\nimport a\n",
        "def g(x):\n    if x: import d\n    return [x for x in x if x if x]\n", "",
    ];

    private static readonly string[] Strictnesses = ["low", "medium", "high", "veryhigh"];

    [Fact]
    public void A_report_with_the_cache_is_the_report_without_it_after_any_edit_option_or_change_of_tools()
    {
        var steps = Gen.Choose(0, 5).SelectMany(kind => Gen.Choose(0, 59).Select(choice => new Step(kind, choice)));
        Prop.ForAll(Arb.From(Gen.ArrayOf(steps, 6)), HoldsAsync).Check(Config.QuickThrowOnFailure.WithMaxTest(10));
    }

    private static async Task HoldsAsync(Step[] steps)
    {
        using var place = new Place();
        await place.BeginAsync();
        for (var done = 0; done <= steps.Length; done++)
        {
            var (cached, fresh) = (await place.InspectAsync(true), await place.InspectAsync(false));
            Project.Everything(cached).ShouldBe(Project.Everything(fresh), $"after {string.Join("; ", steps.Take(done).Select(step => step.Words))}");
            if (done < steps.Length) place.Take(steps[done]);
        }
    }

    private sealed record Step(int Kind, int Choice)
    {
        public string Module => Modules[Choice % Modules.Length];

        public string Text => Texts[Choice % Texts.Length];

        public string Words => Kind switch
        {
            0 or 1 => $"{Module} = {Text.ReplaceLineEndings("\\n")}",
            2 => $"{Module} goes",
            3 => $"strictness {Strictnesses[Choice % 4]}, {(Choice % 3 == 0 ? "pkg and a.py only" : "everything")}",
            4 => $"tool {Choice % 3} on or off",
            _ => Choice % 2 == 0 ? $"version {Choice}" : $"setup.cfg {Choice}",
        };
    }

    private sealed class Place : IDisposable
    {
        private const string Program = "told-by-a-script";
        private static readonly string[] Switched = ["pycodestyle", Program, "imports"];

        private readonly Project _project = new Project().With(".prospector.yaml", "ignore-paths: [left]\n").With("a.py", "import b, c\n").With("b.py", "from pkg import d\n").With("left/c.py", "value = 1\n").With("pkg/d.py", "import e\n").With("lib/e.py", "import a\n");
        private readonly Toolbox _builtIn = Toolbox.BuiltIn();
        private readonly TemporaryFolder _programs = new();
        private readonly HashSet<string> _without = new(StringComparer.Ordinal);
        private readonly string? _path = Environment.GetEnvironmentVariable("PATH");
        private string _strictness = "medium";
        private bool _some;

        public Place()
        {
            Environment.SetEnvironmentVariable("PATH", $"{_programs.Path}:{_path}");
            _programs.Write("tool.yaml", $"name: {Program}\nfiles: ['*.py']\npattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\ndefault: true\n");
            Script(1);
        }

        // In a repository the files are listed at once.
        public Task<string> BeginAsync() => Tool.RunAsync("git", ["-C", _project.Root, "init", "-q"]);

        public void Take(Step step)
        {
            switch (step.Kind)
            {
                case 0 or 1:
                    _project.With(step.Module, step.Text);
                    break;
                case 2:
                    if (step.Module != "a.py") File.Delete(Path.Combine(_project.Root, step.Module));
                    break;
                case 3:
                    (_strictness, _some) = (Strictnesses[step.Choice % 4], step.Choice % 3 == 0 && Directory.Exists(Path.Combine(_project.Root, "pkg")));
                    break;
                case 4:
                    if (!_without.Remove(Switched[step.Choice % 3])) _without.Add(Switched[step.Choice % 3]);
                    break;
                default:
                    if (step.Choice % 2 == 0) Script(step.Choice);
                    else _project.With("setup.cfg", $"[pycodestyle]\nmax-line-length = {40 + step.Choice}\n");
                    break;
            }
        }

        public Task<InspectionReport> InspectAsync(bool cached) => _project.InspectAsync(_ =>
        {
            var profile = ProfileLoader.Load(new ProfileRequest(_project.Root) { Options = new ProfileOptions { Strictness = _strictness } });
            var script = ToolDescription.Load(_programs.File("tool.yaml"), _project.Root).ToTool();
            return InspectionRequest.For(_project.Root, profile) with
            {
                Tools = new Toolbox([.. _builtIn.Tools.Where(tool => tool.Name is "pycodestyle" or "imports"), script, new ImportingTool()]),
                Without = [.. _without],
                Paths = _some ? ["pkg", "a.py"] : [],
                CacheFolder = cached ? _project.Cache : null,
            };
        });

        public void Dispose()
        {
            Environment.SetEnvironmentVariable("PATH", _path);
            _project.Dispose();
            _programs.Dispose();
        }

        private void Script(int version)
        {
            var path = _programs.File(Program);
            File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\n[ \"$1\" = --version ] && {{ echo 1.{version}; exit; }}\nfor file; do echo \"$file:1: version {version}\"; done\n"));
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }
}
