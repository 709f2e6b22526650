using Flotilla.Console;

namespace Flotilla.Cli.Images;

/// <summary>Shows on stderr how far git is: over itself on a terminal, else each phase once when it is done.</summary>
internal sealed class TransferProgress(Terminal terminal) : IProgress<string>
{
    private int _shown;

    public void Report(string value)
    {
        if (terminal.ErrorIsTerminal)
        {
            terminal.Error.Write("\r" + value.PadRight(_shown));
            _shown = value.Length;
        }
        else if (value.EndsWith("done.", StringComparison.Ordinal)) terminal.Note(value);
    }

    public void Clear()
    {
        if (_shown > 0) terminal.Error.Write("\r" + new string(' ', _shown) + "\r");
        _shown = 0;
    }

    /// <summary>Does the work, and leaves no trace of the progress beside what is said next.</summary>
    public static async Task<T> WithAsync<T>(Terminal terminal, Func<IProgress<string>, Task<T>> work)
    {
        var progress = new TransferProgress(terminal);
        try
        {
            return await work(progress);
        }
        finally
        {
            progress.Clear();
        }
    }
}
