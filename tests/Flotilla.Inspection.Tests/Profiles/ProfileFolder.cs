using Flotilla.Core;
using Flotilla.Inspection.Profiles;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Profiles;

/// <summary>A folder with files, and what is loaded from it.</summary>
public sealed class ProfileFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public ProfileFolder With(string name, string text)
    {
        var path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public Profile Load(ProfileOptions? options = null) => ProfileLoader.Load(Request(options));

    public Profile Load(string text, ProfileOptions? options = null) => With(".prospector.yaml", text).Load(options);

    public ProfileRequest Request(ProfileOptions? options = null) => new(Path) { Options = options ?? new(), KnownTools = ["roslyn", "shellcheck", "yamllint", "dockerfile"] };

    public Problem Problem(ProfileOptions? options = null) => Should.Throw<ProblemException>(() => Load(options)).Problems[0];

    public void Dispose() => _folder.Dispose();
}
