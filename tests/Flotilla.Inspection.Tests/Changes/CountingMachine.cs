using Flotilla.Core.Machines;

namespace Flotilla.Inspection.Tests.Changes;

/// <summary>Tells which programs were run; gives git more variables when told to.</summary>
internal sealed class CountingMachine(IMachine machine, IReadOnlyDictionary<string, string>? environment = null) : IMachine
{
    private readonly Lock _lock = new();
    private readonly List<Command> _commands = [];

    public IReadOnlyList<string> Programs => [.. _commands.Select(command => command.Program)];

    public IReadOnlyList<string?> Folders => [.. _commands.Where(command => command.Program != "git").Select(command => command.WorkingDirectory)];

    public string Name => machine.Name;

    public FileStatus? Stat(string path) => machine.Stat(path);

    public byte[] ReadFile(string path) => machine.ReadFile(path);

    public void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner = null) => machine.WriteFile(path, content, mode, owner);

    public void CreateDirectory(string path, UnixFileMode mode) => machine.CreateDirectory(path, mode);

    public void SetMode(string path, UnixFileMode mode) => machine.SetMode(path, mode);

    public void SetOwner(string path, FileOwner owner) => machine.SetOwner(path, owner);

    public void Delete(string path) => machine.Delete(path);

    public IReadOnlyList<string> List(string path) => machine.List(path);

    public string ReadLink(string path) => machine.ReadLink(path);

    public uint? UserId(string name) => machine.UserId(name);

    public string? UserName(uint id) => machine.UserName(id);

    public uint? GroupId(string name) => machine.GroupId(name);

    public string? GroupName(uint id) => machine.GroupName(id);

    public string RealPath(string path) => machine.RealPath(path);

    public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        lock (_lock) _commands.Add(command);
        if (environment is null) return machine.RunAsync(command, cancellationToken);
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in command.Environment ?? new Dictionary<string, string>()) variables[name] = value;
        return machine.RunAsync(command with { Environment = variables }, cancellationToken);
    }
}
