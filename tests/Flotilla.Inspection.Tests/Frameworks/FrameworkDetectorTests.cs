using Flotilla.Inspection.Files;
using Flotilla.Inspection.Frameworks;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Frameworks;

public sealed class FrameworkDetectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _names = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("requirements.txt", "Django==4.2", "django")]
    [InlineData("requirements.txt", "celery[redis]>=5 ; python_version > '3'", "celery")]
    [InlineData("requirements.txt", "# django\nflask # web\n", "flask")]
    [InlineData("requirements.txt", "django==4 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nflask", "django flask")]
    [InlineData("requirements.txt", "-e git+https://example.com/x.git#egg=Django", "django")]
    [InlineData("requirements.txt", "flask @ https://example.com/flask.zip", "flask")]
    [InlineData("requirements.txt", "https://example.com/flask.zip\n-c constraints.txt\n--no-binary django\n.", "")]
    [InlineData("requirements.txt", "django-environ\nflaskk\nmycelery", "")]
    [InlineData("requirements/production.txt", "django", "django")]
    [InlineData("base-requirements.in", "django", "django")]
    [InlineData("requirements-dev.txt", "django", "")]
    [InlineData("requirements/test.txt", "django", "")]
    [InlineData("requirements/extras/django.txt", "django", "")]
    [InlineData("notes.txt", "django", "")]
    [InlineData("setup.py", "setup(install_requires=['Django>=4', \"celery\"])", "celery django")]
    [InlineData("setup.py", "NEEDS = [\n  'flask',  # ] 'django'\n]\nsetup(install_requires=NEEDS, x=1)", "flask")]
    [InlineData("setup.py", "setup(install_requires=open('x').read().split(), extras_require={'a': ['django']})", "")]
    [InlineData("setup.py", "setup(install_requires=[", "")]
    [InlineData("setup.py", "raise SystemExit(1)\nsetup(install_requires=['django'])", "django")]
    [InlineData("setup.cfg", "[options]\ninstall_requires =\n  Django>=4\n  flask; python_version>'3'\n[options.extras_require]\nx = celery", "django flask")]
    [InlineData("pyproject.toml", "[project]\ndependencies = ['Django>=4', \"flask\"]\n[project.optional-dependencies]\nx = ['celery']", "django flask")]
    [InlineData("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3'\ndjango = '^4'\nflask = { version = '1', optional = true }", "django")]
    [InlineData("pyproject.toml", "[project\ndependencies = ['django']", "")]
    [InlineData("pyproject.toml", "dependencies = 1\nproject = 3", "")]
    public void What_a_python_project_declares_is_used(string name, string text, string frameworks) => Detected(name, text).ShouldBe(frameworks);

    [Theory]
    [InlineData("import django", "django")]
    [InlineData("import os, celery.app as c", "celery")]
    [InlineData("from flask import Flask", "flask")]
    [InlineData("from flask.views import (\n  View,\n)", "flask")]
    [InlineData("def f():\n    from django.db import models", "django")]
    [InlineData("x = 1; import django", "django")]
    [InlineData("import djangox\nimport my.django\nfrom .django import x\nfrom . import celery", "")]
    [InlineData("'''\nimport django\n'''\n# import celery\nx = \"import flask\"", "")]
    [InlineData("x = '''it's\nimport django\n''' ; import flask", "flask")]
    [InlineData("try:\n    import django\nexcept ImportError:\n    django = None", "")]
    [InlineData("try:\n    import django\nexcept (ImportError, ValueError):\n    django = None\nelse:\n    from django.db import models", "")]
    [InlineData("try:\n    from django.core.management import execute_from_command_line\nexcept ImportError as e:\n    raise ImportError('x') from e", "django")]
    [InlineData("try:\n    import django\nfinally:\n    pass", "django")]
    [InlineData("try:\n    import django\nexcept KeyError:\n    pass", "django")]
    [InlineData("try:\n    import django\nexcept:\n    pass\nimport celery", "celery")]
    [InlineData("if TYPE_CHECKING:\n    from django.db import models\nx = 1", "")]
    [InlineData("if typing.TYPE_CHECKING:\n    import django\ndef f():\n    import django", "")]
    [InlineData("try:\n    import django\nexcept ImportError:\n    pass\ndef f():\n    from django.db import models", "")]
    [InlineData("def broken(:\n  '''\nimport django", "")]
    [InlineData("x = ']' \\\n  ''\nimport django", "django")]
    public void What_a_module_imports_is_used(string text, string frameworks) => Detected("shop/models.py", text).ShouldBe(frameworks);

    [Theory]
    [InlineData("tests/test_shop.py")]
    [InlineData("shop/tests/helper.py")]
    [InlineData("shop/test_one.py")]
    [InlineData("conftest.py")]
    [InlineData("docs/conf.py")]
    [InlineData("examples/site/settings.py")]
    [InlineData("shop/contrib/django/task.py")]
    [InlineData("shop/fixups/django.py")]
    public void Tests_examples_and_adapters_do_not_make_a_project_use_something(string name) => Detected(name, "from django.db import transaction").ShouldBe("");

    [Fact]
    public void A_library_that_serves_django_does_not_use_it()
    {
        Write("setup.py", "import setuptools\nsetuptools.setup(install_requires=reqs('default.txt'), extras_require=extras_require())");
        Write("requirements/default.txt", "kombu>=5\nclick\n");
        Write("requirements/extras/django.txt", "Django>=2.2.28");
        Write("examples/django/proj/settings.py", "import django");
        Write("t/unit/test_django.py", "import django");
        Write("celery/contrib/django/task.py", "from django.db import transaction\nfrom celery.app.task import Task");
        Write("celery/fixups/django.py", "from celery import signals\nif TYPE_CHECKING:\n    from django.db.utils import ConnectionHandler\n\n\ndef fixup(app):\n    try:\n        import django\n    except ImportError:\n        warn()\n    else:\n        check(django)\n\n\nclass Fixup:\n    def validate(self):\n        from django.core.checks import run_checks\n        run_checks()\n");
        Detect().ShouldBe("celery");
    }

    [Fact]
    public void Includes_are_followed_within_the_project_and_circles_end()
    {
        Write("requirements.txt", "-r parts/a.list\n-r /etc/hosts\n-r missing.txt\n-r ../outside.txt");
        _folder.Write("parts/a.list", "--requirement=b.list\nflask");
        _folder.Write("parts/b.list", "-r a.list\ncelery");
        Detect().ShouldBe("celery flask");
    }

    [Fact]
    public void A_finding_names_the_file_that_shows_it()
    {
        Write("a/models.py", "import django");
        Write("requirements.txt", "Django");
        Write("b/tasks.py", "import celery");
        FrameworkDetector.Detect(Tree()).ShouldBe([new DetectedFramework("celery", "b/tasks.py"), new DetectedFramework("django", "requirements.txt")]);
    }

    [Theory]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk.Web\" />", "aspnetcore")]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk.BlazorWebAssembly/9.0.0\" />", "blazor")]
    [InlineData("<Project><Sdk Name=\"Microsoft.NET.Sdk.Web\" /></Project>", "aspnetcore")]
    [InlineData("<Project><ItemGroup><FrameworkReference Include=\"Microsoft.AspNetCore.App\" /></ItemGroup></Project>", "aspnetcore")]
    [InlineData("<Project><ItemGroup><PackageReference Include=\"Microsoft.EntityFrameworkCore.Sqlite\" Version=\"9\" /></ItemGroup></Project>", "efcore")]
    [InlineData("<Project><ItemGroup><PackageReference Include=\"Microsoft.AspNetCore.Components.Web\" /></ItemGroup></Project>", "blazor")]
    [InlineData("<Project><ItemGroup><PackageReference Include=\"xunit.v3\" /><PackageReference Include=\"NUnit\" /></ItemGroup></Project>", "nunit xunit")]
    [InlineData("<Project xmlns=\"http://schemas.microsoft.com/developer/msbuild/2003\"><ItemGroup><PackageReference Include=\"XUnit\" /></ItemGroup></Project>", "xunit")]
    [InlineData("<Project><ItemGroup><PackageVersion Include=\"xunit\" Version=\"2\" /><!-- <PackageReference Include=\"NUnit\" /> --></ItemGroup></Project>", "")]
    [InlineData("<Project><ItemGroup>", "")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><Project Sdk=\"Microsoft.NET.Sdk.Web\" />", "")]
    [InlineData("", "")]
    public void What_a_project_file_refers_to_is_used(string text, string frameworks) => Detected("Shop.csproj", text).ShouldBe(frameworks);

    [Fact]
    public void Razor_components_are_blazor() => Detected("Pages/Index.razor", "<p />").ShouldBe("blazor");

    [Fact]
    public void Files_that_are_gone_or_no_text_say_nothing()
    {
        _names.AddRange(["gone.py", "requirements.txt", "pyproject.toml", "a.csproj"]);
        foreach (var name in (string[])["requirements.txt", "pyproject.toml", "a.csproj"]) File.WriteAllBytes(_folder.File(name), [0, 1, 2, 0xFF, 0xFE]);
        Detect().ShouldBe("");
    }

    [Fact]
    public void The_names_of_frameworks_are_sorted() => FrameworkNames.All.ShouldBe(["aspnetcore", "blazor", "celery", "django", "efcore", "flask", "nunit", "xunit"]);

    private string Detected(string name, string text)
    {
        Write(name, text);
        return Detect();
    }

    private void Write(string name, string text)
    {
        _folder.Write(name, text);
        _names.Add(name);
    }

    private string Detect() => string.Join(' ', FrameworkDetector.Detect(Tree()).Select(framework => framework.Name));

    private SourceTree Tree() => new(_folder.Path, [.. _names.Order(StringComparer.Ordinal).Select(name => new SourceFile(name, _folder.File(name), Language(name)))]);

    private static string Language(string name) => Path.GetExtension(name) switch
    {
        ".py" => Languages.Python,
        ".csproj" => Languages.CSharp,
        _ => Languages.Text,
    };
}
