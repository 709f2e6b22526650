using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;

namespace Flotilla.Inspection.Tests.CSharp;

/// <summary>This machine, and the programs that it was asked to run.</summary>
/// <param name="dataFolder">Where the SDK keeps the build files of file-based programs, so that none stays behind.</param>
internal sealed class CountingMachine(string dataFolder) : IMachine
{
    private readonly LocalMachine _machine = new("here");

    public List<Command> Commands { get; } = [];

    public string Name => _machine.Name;

    public FileStatus? Stat(string path) => _machine.Stat(path);

    public byte[] ReadFile(string path) => _machine.ReadFile(path);

    public void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner = null) => _machine.WriteFile(path, content, mode, owner);

    public void CreateDirectory(string path, UnixFileMode mode) => _machine.CreateDirectory(path, mode);

    public void SetMode(string path, UnixFileMode mode) => _machine.SetMode(path, mode);

    public void SetOwner(string path, FileOwner owner) => _machine.SetOwner(path, owner);

    public void Delete(string path) => _machine.Delete(path);

    public IReadOnlyList<string> List(string path) => _machine.List(path);

    public string ReadLink(string path) => _machine.ReadLink(path);

    public uint? UserId(string name) => _machine.UserId(name);

    public string? UserName(uint id) => _machine.UserName(id);

    public uint? GroupId(string name) => _machine.GroupId(name);

    public string? GroupName(uint id) => _machine.GroupName(id);

    public string RealPath(string path) => _machine.RealPath(path);

    public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        lock (Commands) Commands.Add(command);
        var environment = new Dictionary<string, string>(command.Environment ?? new Dictionary<string, string>(), StringComparer.Ordinal) { ["XDG_DATA_HOME"] = dataFolder };
        return _machine.RunAsync(command with { Environment = environment }, cancellationToken);
    }
}
