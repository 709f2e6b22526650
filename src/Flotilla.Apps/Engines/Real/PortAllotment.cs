using System.Net;
using System.Net.Sockets;
using Flotilla.Core;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Gives ports to instances, never the same one to two of them.</summary>
internal sealed class PortAllotment(IPAddress address, Random random)
{
    public const int First = 20_000;
    public const int Last = 29_999;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, InstanceId> _taken = [];
    private int _next = First + random.Next(Last - First + 1);

    /// <summary>A number for every port of an app, in its order.</summary>
    /// <exception cref="EngineException">A fixed port is in use, or no port is free.</exception>
    public IReadOnlyList<int> Take(InstanceStart start)
    {
        lock (_gate)
        {
            var numbers = new List<int>();
            try
            {
                foreach (var port in start.App.Ports)
                {
                    var number = port.Number is { } wanted ? Fixed(start, port, wanted) : Free(start);
                    _taken.Add(number, start.Id);
                    numbers.Add(number);
                }
                return numbers;
            }
            catch (EngineException)
            {
                foreach (var number in numbers) _taken.Remove(number);
                throw;
            }
        }
    }

    public void GiveBack(IReadOnlyList<int> numbers)
    {
        lock (_gate)
            foreach (var number in numbers) _taken.Remove(number);
    }

    private int Fixed(InstanceStart start, PortDescription port, int number)
    {
        if (_taken.TryGetValue(number, out var other)) throw new EngineException(Probes.PortTaken(start, port, number, other.ToString()));
        return TryBind(number) switch
        {
            SocketError.Success => number,
            SocketError.AccessDenied => throw new EngineException(new Problem(
                $"{start.Id} cannot have its port \"{port.Name}\" ({number}) on {start.Host}.", start.App.Declared,
                "Only root may listen below 1024 here.", "Use a higher port, or run Flotilla as root.")),
            SocketError.AddressNotAvailable => throw new EngineException(new Problem(
                $"{start.Id} cannot listen on {address} of {start.Host}.", start.App.Declared,
                "The host has no such address.", "Use an address of the host.")),
            _ => throw new EngineException(Probes.PortTaken(start, port, number, PortOwner.Describe(number) ?? "another program")),
        };
    }

    private int Free(InstanceStart start)
    {
        for (var tries = First; tries <= Last; tries++)
        {
            var number = _next;
            _next = number == Last ? First : number + 1;
            if (!_taken.ContainsKey(number) && TryBind(number) == SocketError.Success) return number;
        }
        throw new EngineException(new Problem($"{start.Id} cannot have a port on {start.Host}.", start.App.Declared,
            $"None from {First} to {Last} is free.", "Run fewer instances on this host."));
    }

    private SocketError TryBind(int number)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, number));
            socket.Listen();
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
