using System.Runtime.InteropServices;

namespace Flotilla.Core.Machines.Real;

/// <summary>An open file or directory, closed when disposed; below zero when opening failed, with the reason in <see cref="Error"/>.</summary>
internal readonly struct Descriptor : IDisposable
{
    private Descriptor(int number, int error)
    {
        Number = number;
        Error = error;
    }

    /// <summary>Nothing open.</summary>
    public static Descriptor None { get; } = new(-1, 0);

    public int Number { get; }

    /// <summary>The error number of opening; 0 when it is open.</summary>
    public int Error { get; }

    public bool IsOpen => Number >= 0;

    public static Descriptor Open(int directory, string name, int flags, uint mode = 0)
    {
        while (true)
        {
            var number = Libc.OpenAt(directory, name, flags | Libc.OpenCloseOnExec, mode);
            if (number >= 0) return new Descriptor(number, 0);
            var error = Marshal.GetLastPInvokeError();
            if (error != Libc.Interrupted) return new Descriptor(-1, error);
        }
    }

    /// <summary>What fstat says, or null.</summary>
    public unsafe StatXBuffer? Stat()
    {
        StatXBuffer buffer;
        return Libc.StatX(Number, "", Libc.AtEmptyPath, StatXBuffer.BasicMask, &buffer) == 0 ? buffer : null;
    }

    public void Dispose()
    {
        if (IsOpen) _ = Libc.Close(Number);
    }
}
