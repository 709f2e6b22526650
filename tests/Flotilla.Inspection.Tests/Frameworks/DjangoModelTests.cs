using Flotilla.Core.Machines.Real;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tests.Changes;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Frameworks;

/// <summary>pylint knows what Django adds to models, as soon as the project says that it uses Django.</summary>
public sealed class DjangoModelTests
{
    private const string NoMember = "shop/models.py:8 pylint no-member";
    private const string Models = "from django.db import models\n\n\nclass Order(models.Model):\n    number = models.IntegerField()\n\n    def same(self):\n        return Order.objects.filter(number=self.number)\n";

    [Fact]
    public async Task Members_that_Django_adds_are_known_when_requirements_name_it()
    {
        using var django = Django();
        using var project = new Project().With("shop/__init__.py", "").With("shop/models.py", Models);
        Project.Lines(await InspectAsync(project, new() { MemberWarnings = true }, django)).ShouldNotContain(NoMember, "it is found by what is imported, too");
        Project.Lines(await InspectAsync(project, new() { MemberWarnings = true, Autodetect = false, Uses = ["django"] }, django)).ShouldNotContain(NoMember);
        project.With("requirements.txt", "Django==4.2\n");
        Project.Lines(await InspectAsync(project, new() { MemberWarnings = true, Autodetect = false }, django)).ShouldContain(NoMember);
        var adapted = await InspectAsync(project, new() { MemberWarnings = true }, django);
        adapted.Libraries.ShouldBe(["django"]);
        adapted.Tools.ShouldHaveSingleItem().State.ShouldBe(ToolState.Ran);
        Project.Lines(adapted).ShouldNotContain(NoMember);
    }

    [Fact]
    public async Task That_Django_is_not_installed_beside_pylint_is_no_fault_of_the_code()
    {
        using var project = new Project().With("requirements.txt", "Django==4.2\n").With("shop/a.py", "ANSWER = 42\n");
        Project.Lines(await InspectAsync(project, new(), null)).ShouldBeEmpty();
    }

    private static Task<InspectionReport> InspectAsync(Project project, ProfileOptions options, TemporaryFolder? django) =>
        new Inspector(new CountingMachine(new LocalMachine("local"), django is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["PYTHONPATH"] = django.Path }), TimeProvider.System)
            .InspectAsync(InspectionRequest.For(project.Root, ProfileLoader.Load(new ProfileRequest(project.Root) { Options = options })) with { Only = ["pylint"] }, TestContext.Current.CancellationToken);

    /// <summary>As much of Django as pylint and its plugin look at: modules of the same names, whose classes are empty.</summary>
    private static TemporaryFolder Django()
    {
        var folder = new TemporaryFolder();
        const string Any = "def __getattr__(name):\n    return type(name, (), {})\n";
        foreach (var (module, text) in (ReadOnlySpan<(string, string)>)
        [
            ("__init__", "VERSION = (4, 2)\n"), ("db/__init__", ""), ("db/models/__init__", "from django.db.models.base import Model\nfrom django.db.models.fields import IntegerField\n"),
            ("db/models/base", "class Model:\n    pass\n"), ("db/models/fields", "class IntegerField:\n    pass\n"), ("utils/__init__", ""), ("utils/termcolors", "PALETTES = {}\n"),
            ("views/__init__", ""), ("views/generic/__init__", ""), ("views/generic/base", Any), ("views/generic/dates", Any), ("views/generic/detail", Any), ("views/generic/edit", Any), ("views/generic/list", Any),
        ]) folder.Write($"django/{module}.py", text);
        return folder;
    }
}
