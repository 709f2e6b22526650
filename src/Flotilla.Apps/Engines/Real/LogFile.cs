using System.Globalization;
using System.Text;

namespace Flotilla.Apps.Engines.Real;

/// <summary>
/// The file with the output of an instance: <c>shop-0.log</c>, and <c>shop-0.log.1</c> (the newest) to
/// <c>shop-0.log.3</c> with what was written before. Lines are <c>2026-01-02T03:04:05.678Z out text</c>.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly LogPolicy _policy;
    private FileStream? _file;
    private bool _closed;

    public LogFile(string path, LogPolicy policy)
    {
        _path = path;
        _policy = policy;
        _file = Open();
    }

    /// <summary>Why nothing is written, or null.</summary>
    public string? Failure { get; private set; }

    public void Write(OutputLine line)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{line.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {(line.IsError ? "err" : "out")} {line.Text}\n"));
        lock (_gate)
        {
            if (_closed || Failure is not null) return;
            try
            {
                if (_file!.Length > 0 && _file.Length + bytes.Length > _policy.BytesMax) Rotate();
                _file!.Write(bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk must not stop the app; the lines still reach whoever listens.
                Failure = $"The log {_path} is no longer written: {e.Message}";
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file?.Dispose();
            _file = null;
        }
    }

    private void Rotate()
    {
        _file!.Dispose();
        for (var age = _policy.Keep; age >= 1; age--)
        {
            var younger = age == 1 ? _path : Numbered(age - 1);
            if (File.Exists(younger)) File.Move(younger, Numbered(age), overwrite: true);
        }
        if (_policy.Keep == 0) File.Delete(_path);
        _file = Open();
    }

    private string Numbered(int age) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{age}");

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
