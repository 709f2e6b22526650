using System.Text;
using Flotilla.Core;

namespace Flotilla.Images;

/// <summary>Which version of each image holds: lines <c>NAME COMMIT</c> in a file that is kept with the program that uses them.</summary>
public sealed class ImageLock
{
    /// <summary>What the file is called.</summary>
    public const string FileName = "images.lock";

    private const string Head = "# The versions of images that this fleet uses. \"flotilla lock\" writes it; keep it in version control.\n";

    private readonly SortedDictionary<string, Pin> _commits = new(StringComparer.Ordinal);

    private readonly record struct Pin(string Commit, int Line);

    /// <summary>The names that it pins, sorted.</summary>
    public IReadOnlyCollection<string> Names => _commits.Keys;

    /// <summary>The commit of an image, 40 hexadecimal digits; null when it is not pinned.</summary>
    public string? Find(string name) => _commits.TryGetValue(name, out var found) ? found.Commit : null;

    /// <summary>Pins an image.</summary>
    public void Set(ImageName name, Graph.ObjectId commit) => _commits[name.ToString()] = new(commit.ToString(), 0);

    /// <summary>Reads the file of a folder; an empty one when there is none.</summary>
    /// <exception cref="ProblemException">A line is no <c>NAME COMMIT</c>, or an image stands in it twice.</exception>
    public static ImageLock Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var result = new ImageLock();
        if (!File.Exists(path)) return result;
        var problems = new List<Problem>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            var words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0) continue;
            var where = new SourceLocation(path, index + 1);
            if (words.Length != 2 || !ImageName.TryParse(words[0], out _) || !Graph.ObjectId.TryParse(words[1], out var commit))
                problems.Add(new Problem($"\"{line.Trim()}\" pins no image.", where, "a line is an image's name and the 40 digits of a commit.", "Remove it and run \"flotilla lock\"."));
            else if (result._commits.TryGetValue(words[0], out var before))
                problems.Add(new Problem($"{words[0]} is pinned twice, first in line {before.Line}.", where, Fix: "Remove one of the lines."));
            else result._commits[words[0]] = new(commit.ToString(), index + 1);
        }
        return problems.Count == 0 ? result : throw new ProblemException(problems);
    }

    /// <summary>Writes the file of a folder; it changes as a whole or not at all.</summary>
    public void Write(string folder)
    {
        var text = new StringBuilder(Head);
        foreach (var (name, commit) in _commits) text.Append(name).Append(' ').Append(commit.Commit).Append('\n');
        var path = Path.Combine(folder, FileName);
        File.WriteAllText(path + ".part", text.ToString());
        File.Move(path + ".part", path, overwrite: true);
    }
}
