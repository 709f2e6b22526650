using Flotilla.Core.Machines;

namespace Flotilla.Resources.Tests;

/// <summary>Records the calls to a machine's files, and fails at a changing one: the n-th, before or after it is done.</summary>
internal sealed class WatchedMachine(IMachine machine, int failAt = 0, bool failAfter = false) : IMachine
{
    public List<string> Calls { get; } = [];

    /// <summary>Calls that change something, done or not.</summary>
    public int Changes { get; private set; }

    public string Name => machine.Name;

    public FileStatus? Stat(string path)
    {
        Calls.Add("Stat");
        return machine.Stat(path);
    }

    public byte[] ReadFile(string path)
    {
        Calls.Add("ReadFile");
        return machine.ReadFile(path);
    }

    public void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner = null)
    {
        var bytes = content.ToArray();
        Change(() => machine.WriteFile(path, bytes, mode, owner));
    }

    public void CreateDirectory(string path, UnixFileMode mode) => Change(() => machine.CreateDirectory(path, mode));

    public void SetMode(string path, UnixFileMode mode) => Change(() => machine.SetMode(path, mode));

    public void SetOwner(string path, FileOwner owner) => Change(() => machine.SetOwner(path, owner));

    public void Delete(string path) => Change(() => machine.Delete(path));

    public IReadOnlyList<string> List(string path) => machine.List(path);

    public string ReadLink(string path) => machine.ReadLink(path);

    public uint? UserId(string name) => machine.UserId(name);

    public string? UserName(uint id) => machine.UserName(id);

    public uint? GroupId(string name) => machine.GroupId(name);

    public string? GroupName(uint id) => machine.GroupName(id);

    public string RealPath(string path) => machine.RealPath(path);

    public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken) => machine.RunAsync(command, cancellationToken);

    private void Change(Action change)
    {
        Changes++;
        var fails = Changes == failAt;
        if (fails && !failAfter) throw new IOException("injected before");
        change();
        if (fails) throw new IOException("injected after");
    }
}
