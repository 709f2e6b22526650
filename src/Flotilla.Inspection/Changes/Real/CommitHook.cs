using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Inspection.Changes.Real;

/// <summary>The program that git runs before a commit (githooks(5), pre-commit), so that it refuses one with new findings.</summary>
public sealed class CommitHook
{
    private const string Mark = "# written by \"flotilla inspect hook\"";

    private CommitHook(string file) => File = file;

    /// <summary>Where the hook is, or would be: absolute.</summary>
    public string File { get; }

    /// <summary>The hook of the repository that a folder is in.</summary>
    /// <exception cref="ProblemException">The folder is in no repository, or there is a hook of another program.</exception>
    public static async Task<CommitHook> FindAsync(IMachine machine, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        // Git as the user has it configured: that is the git which will look for hooks.
        var result = await machine.RunAsync(new Command("git", ["rev-parse", "--path-format=absolute", "--git-path", "hooks"], WorkingDirectory: folder), cancellationToken);
        if (!result.Succeeded) throw new ProblemException(new Problem("This is no repository of git.", Why: result.Error.Trim(), Fix: "Run \"git init\" first, or go to a repository."));
        var file = Path.Combine(result.Output.Trim(), "pre-commit");
        if (System.IO.File.Exists(file) && !(await System.IO.File.ReadAllTextAsync(file, cancellationToken)).Contains(Mark, StringComparison.Ordinal))
            throw new ProblemException(new Problem($"There is a hook already: {file}.", Why: "it is another program's.", Fix: "Add the line \"flotilla inspect --new HEAD\" to it."));
        return new CommitHook(file);
    }

    /// <summary>Writes it, over one that was written before.</summary>
    /// <param name="program">What starts Flotilla, as words of a shell.</param>
    public void Write(string program)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, $"#!/bin/sh\n{Mark}\nexec {program} inspect --new HEAD --messages-only\n");
        System.IO.File.SetUnixFileMode(File, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Takes it away; false when there is none.</summary>
    public bool Remove()
    {
        if (!System.IO.File.Exists(File)) return false;
        System.IO.File.Delete(File);
        return true;
    }
}
