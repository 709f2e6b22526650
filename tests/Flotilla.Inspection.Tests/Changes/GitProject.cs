using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection.Changes;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Changes;

/// <summary>A repository with sources.</summary>
internal sealed class GitProject : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    public string Root => _folder.Path;

    public string Cache => _cache.Path;

    public IMachine Machine { get; } = new LocalMachine("local");

    public static async Task<GitProject> CreateAsync(bool committed = true)
    {
        var project = new GitProject();
        await project.GitAsync("init", "-q", "-b", "main");
        await project.GitAsync("config", "user.email", "someone@example.org");
        await project.GitAsync("config", "user.name", "Someone");
        if (committed) await project.GitAsync("commit", "-q", "--allow-empty", "-m", "begin");
        return project;
    }

    public GitProject With(string path, string text)
    {
        _folder.Write(path, text);
        return this;
    }

    public async Task CommitAsync()
    {
        await GitAsync("add", "-A");
        await GitAsync("commit", "-q", "-m", "change");
    }

    public Task<string> GitAsync(params string[] arguments) => Tool.RunAsync("git", ["-C", Root, .. arguments]);

    public Task<NewFindingsReport> NewAsync(string? @base = null, Func<InspectionRequest, InspectionRequest>? change = null) =>
        NewFindings.InspectAsync(new Inspector(Machine, TimeProvider.System), (change ?? (request => request))(new InspectionRequest(Root) { Only = ["pycodestyle", "pyflakes"] }), @base, Machine, CancellationToken.None);

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }
}
