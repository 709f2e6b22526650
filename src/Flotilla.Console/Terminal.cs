using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Core;
using Spectre.Console;

namespace Flotilla.Console;

/// <summary>How results are printed.</summary>
public enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON value on stdout, of a documented shape.</summary>
    Json,
}

/// <summary>What a piece of text means, for colour where colour is possible.</summary>
public enum Tone
{
    /// <summary>No colour.</summary>
    Plain,

    /// <summary>Added, healthy, passed.</summary>
    Good,

    /// <summary>Changed, noteworthy.</summary>
    Notable,

    /// <summary>Removed, failed.</summary>
    Bad,

    /// <summary>Less important than the rest.</summary>
    Faint,
}

/// <summary>
/// Where a command speaks: results go to <see cref="Output"/>, everything else to <see cref="Error"/>. Colour only where
/// the stream is a terminal and neither <c>NO_COLOR</c> nor <c>TERM=dumb</c> forbids it; <c>FORCE_COLOR</c> asks for it.
/// </summary>
public sealed class Terminal(TextWriter output, TextWriter error, bool outputColour = false, bool errorColour = false, bool errorIsTerminal = false, int width = 120)
{
    /// <summary>The process's own streams, in the format that its arguments ask for.</summary>
    public static Terminal OfProcess()
    {
        var width = 120;
        if (!System.Console.IsOutputRedirected)
            try { width = Math.Max(40, System.Console.WindowWidth); } catch (IOException) { }
        // The writer of Console would hand long results on in pieces of 256 characters.
        var output = new StreamWriter(System.Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024) { AutoFlush = true };
        return new Terminal(
            TextWriter.Synchronized(output), System.Console.Error,
            WantsColour(System.Console.IsOutputRedirected, Environment.GetEnvironmentVariable),
            WantsColour(System.Console.IsErrorRedirected, Environment.GetEnvironmentVariable),
            !System.Console.IsErrorRedirected, width);
    }

    /// <summary>The rule of the class's summary, as a function of what it depends on.</summary>
    public static bool WantsColour(bool redirected, Func<string, string?> environment) =>
        string.IsNullOrEmpty(environment("NO_COLOR"))
        && (!string.IsNullOrEmpty(environment("FORCE_COLOR")) || (!redirected && environment("TERM") is not (null or "" or "dumb")));

    /// <summary>Results.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Messages, progress, errors.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Text unless <c>--output json</c> was given.</summary>
    public OutputFormat Format { get; set; }

    /// <summary>True when a person watches the error stream.</summary>
    public bool ErrorIsTerminal { get; } = errorIsTerminal;

    /// <summary>True when results may be coloured.</summary>
    public bool HasColour => outputColour;

    /// <summary>How many columns a line has where a person reads it.</summary>
    internal int Width => width;

    /// <summary>A line of the result.</summary>
    public void Line(string text = "", Tone tone = Tone.Plain) => Output.WriteLine(Paint(text, tone, outputColour));

    /// <summary>A message beside the result.</summary>
    public void Note(string text, Tone tone = Tone.Plain) => Error.WriteLine(Paint(text, tone, errorColour));

    /// <summary>The result as one JSON value.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type)
    {
        Output.WriteLine(JsonSerializer.Serialize(value, type));
        Output.Flush();
    }

    /// <summary>Prints a problem: where and what, then why and the fix on lines of their own.</summary>
    public void Problem(Problem problem)
    {
        Error.Write(Paint("error: ", Tone.Bad, errorColour));
        Error.WriteLine(problem.Where is { } where ? $"{where}: {problem.What}" : problem.What);
        if (problem.Why is not null) Error.WriteLine($"  because {problem.Why}");
        if (problem.Fix is not null) Error.WriteLine($"  fix: {problem.Fix}");
    }

    /// <summary>A table of the result. Cells may be empty, never null.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders();
        foreach (var column in columns) table.AddColumn(new TableColumn(Markup.Escape(column)).PadLeft(0).PadRight(3).NoWrap());
        table.AddRow(columns.Select(column => new Text(column, outputColour ? new Style(decoration: Decoration.Bold) : null)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = outputColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = outputColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        // A pipe has no width: a long cell there stays whole.
        console.Profile.Width = outputColour ? width : 4000;
        console.Write(table);
        foreach (var line in text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')) Output.WriteLine(line.TrimEnd());
    }

    /// <summary>Runs work and, if it takes over two seconds, says that it goes on: a line that counts seconds on a terminal, else one line.</summary>
    public async Task<T> WorkingAsync<T>(string what, Func<Task<T>> work, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(work);
        // Work that reads and computes before it first waits would keep this from being told.
        var task = Task.Run(work);
        var start = time.GetTimestamp();
        var announced = false;
        while (!task.IsCompleted)
        {
            if (await Task.WhenAny(task, Task.Delay(announced ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(2), time)) == task) break;
            if (ErrorIsTerminal) Error.Write($"\r{what} ... {time.GetElapsedTime(start).TotalSeconds:0} s ");
            else if (!announced) Error.WriteLine($"{what} ...");
            announced = true;
        }
        if (announced && ErrorIsTerminal) Error.Write("\r" + new string(' ', what.Length + 16) + "\r");
        return await task;
    }

    private static string Paint(string text, Tone tone, bool colour) =>
        !colour || tone == Tone.Plain ? text
        : tone switch
        {
            Tone.Good => $"\e[32m{text}\e[0m",
            Tone.Notable => $"\e[33m{text}\e[0m",
            Tone.Bad => $"\e[31m{text}\e[0m",
            _ => $"\e[2m{text}\e[0m",
        };
}
