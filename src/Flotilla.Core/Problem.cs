using System.Runtime.CompilerServices;
using System.Text;

namespace Flotilla.Core;

/// <summary>Something that was said or found wrong: what, where, why, and what to do about it.</summary>
/// <param name="What">What is wrong, as a whole sentence.</param>
/// <param name="Where">The place in the user's source or input, if there is one.</param>
/// <param name="Why">What was observed that makes it wrong; null when <paramref name="What"/> says it.</param>
/// <param name="Fix">What the user can do, as an imperative sentence.</param>
public sealed record Problem(string What, SourceLocation? Where = null, string? Why = null, string? Fix = null)
{
    /// <summary>One line: <c>fleet.cs(14): what why fix</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Where is { } where) text.Append(where).Append(": ");
        text.Append(What);
        if (Why is not null) text.Append(' ').Append(Why);
        if (Fix is not null) text.Append(' ').Append(Fix);
        return text.ToString();
    }
}

/// <summary>A file and a line of it, counted from 1; line 0 means the file as a whole.</summary>
public readonly record struct SourceLocation(string File, int Line)
{
    /// <summary>The caller's own place. Call it with no arguments.</summary>
    public static SourceLocation Here([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => new(file, line);

    /// <summary>The column of the line, counted from 1; 0 when it is not known.</summary>
    public int Column { get; init; }

    /// <summary>How the file is shown where its name alone would not tell it from others, such as <c>../image.yaml</c>; null for its name.</summary>
    public string? Shown { get; init; }

    /// <summary><c>fleet.cs(14)</c> or <c>image.yaml(3,5)</c>, with the file's name only: paths differ from machine to machine.</summary>
    public override string ToString()
    {
        var name = Shown ?? Path.GetFileName(File);
        return Line <= 0 ? name : Column <= 0 ? $"{name}({Line})" : $"{name}({Line},{Column})";
    }
}

/// <summary>One or more <see cref="Problem"/>s with what the user gave; commands print them and exit with 2.</summary>
public sealed class ProblemException(IReadOnlyList<Problem> problems, Exception? inner = null)
    : Exception(string.Join('\n', problems), inner)
{
    /// <summary>A single problem.</summary>
    public ProblemException(Problem problem, Exception? inner = null) : this([problem], inner) { }

    /// <summary>Every problem found, in the order of the source.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
