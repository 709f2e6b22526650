using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace Flotilla.Events;

/// <summary>
/// Appends records to a file, one JSON object a line: the properties of <see cref="HandlerRecord"/> in camelCase. One writer
/// empties what has gathered, then flushes. A file that has grown past its limit becomes <c>NAME.1</c>, and so on.
/// </summary>
/// <remarks>
/// Callers never wait for the disk: when 65,536 records wait, further ones are counted in <see cref="Lost"/>, as are those that could not
/// be written, and a line <c>{"lost":N}</c> stands in the file where they are missing.
/// </remarks>
public sealed class FileJournal : IHandlerJournal, IAsyncDisposable
{
    private const int WaitingMax = 65_536;
    private const int BatchBytesMax = 256 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Channel<Item> _waiting = Channel.CreateBounded<Item>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly string _path;
    private readonly long _bytesMax;
    private readonly int _keep;
    private readonly Task _writer;
    private long _lost;
    private long _lostToReport;

    /// <summary>Opens or creates a journal. A last line that a crash tore off is removed.</summary>
    /// <param name="path">The file; its folder is made when it is missing.</param>
    /// <param name="bytesMax">The size past which a new file is begun; 16 MiB unless given.</param>
    /// <param name="keep">How many full files are kept beside the current one; 3 unless given.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public FileJournal(string path, long bytesMax = 16 * 1024 * 1024, int keep = 3)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        _path = Path.GetFullPath(path);
        _bytesMax = bytesMax;
        _keep = keep;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var file = OpenWithoutTornLine(_path);
        _writer = Task.Run(() => WriteAllAsync(file));
    }

    /// <summary>How many records were not written, because too many waited or the disk refused them.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>What the file system said last when it refused; null when it never did.</summary>
    public Exception? LastError { get; private set; }

    /// <inheritdoc/>
    public void Started(HandlerRecord record) => Add(record);

    /// <inheritdoc/>
    public void Finished(HandlerRecord record) => Add(record);

    /// <summary>Ends when all records so far are in the file and handed to the operating system.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Item(null, flushed), cancellationToken);
        await flushed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
    }

    /// <summary>
    /// The records of a journal and of the full files before it, oldest first. Lines that are not whole are left
    /// out.
    /// </summary>
    public static IReadOnlyList<HandlerRecord> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = new List<string>();
        for (var i = 1; File.Exists($"{path}.{i}"); i++) full.Insert(0, $"{path}.{i}");
        var records = new List<HandlerRecord>();
        foreach (var file in full.Append(path).Where(File.Exists))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
                if (Parse(line) is { } record) records.Add(record);
        }
        return records;
    }

    private static HandlerRecord? Parse(string line)
    {
        try
        {
            var record = JsonSerializer.Deserialize<HandlerRecord>(line, Json);
            return record?.EventId is null || record.Handler is null ? null : record;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Add(HandlerRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!_waiting.Writer.TryWrite(new Item(record, null))) Lose(1);
    }

    private void Lose(long records)
    {
        Interlocked.Add(ref _lost, records);
        Interlocked.Add(ref _lostToReport, records);
    }

    private async Task WriteAllAsync(FileStream file)
    {
        var current = file;
        var batch = new MemoryStream();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.SetLength(0);
            var records = 0;
            var flushes = new List<TaskCompletionSource>();
            while (batch.Length < BatchBytesMax && _waiting.Reader.TryRead(out var item))
            {
                if (item.Flushed is not null) flushes.Add(item.Flushed);
                if (item.Record is null) continue;
                JsonSerializer.Serialize(batch, item.Record, Json);
                batch.WriteByte((byte)'\n');
                records++;
            }
            current = await WriteAsync(current, batch, records);
            foreach (var flushed in flushes) flushed.TrySetResult();
        }
        await current.DisposeAsync();
    }

    /// <summary>Writes a batch, whole or not at all; what the disk refuses is lost and counted.</summary>
    private async Task<FileStream> WriteAsync(FileStream file, MemoryStream batch, int records)
    {
        var gap = Interlocked.Exchange(ref _lostToReport, 0);
        long? whole = null;
        try
        {
            if (!file.CanWrite) file = OpenWithoutTornLine(_path);
            whole = file.Length;
            if (gap > 0) batch.Write(Encoding.UTF8.GetBytes($"{{\"lost\":{gap}}}\n"));
            await file.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LastError = error;
            Interlocked.Add(ref _lostToReport, gap);
            Lose(records);
            Restore(file, whole);
            return file;
        }
        return file.Length < _bytesMax ? file : Rotate(file);
    }

    private static void Restore(FileStream file, long? length)
    {
        if (length is not { } whole) return;
        try
        {
            file.SetLength(whole);
            file.Position = whole;
        }
        catch (IOException)
        {
            // Reading leaves out a line that is not whole.
        }
    }

    /// <summary>Begins a new file. When that is refused, the next batch tries to open the file again.</summary>
    private FileStream Rotate(FileStream file)
    {
        file.Dispose();
        try
        {
            if (_keep == 0) File.Delete(_path);
            for (var i = _keep - 1; i >= 0; i--)
            {
                var from = i == 0 ? _path : $"{_path}.{i}";
                if (File.Exists(from)) File.Move(from, $"{_path}.{i + 1}", overwrite: true);
            }
            return OpenWithoutTornLine(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LastError = error;
            return file;
        }
    }

    private static FileStream OpenWithoutTornLine(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            var end = file.Length;
            while (end > 0)
            {
                file.Position = end - 1;
                if (file.ReadByte() == '\n') break;
                end--;
            }
            file.SetLength(end);
            file.Position = end;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private readonly record struct Item(HandlerRecord? Record, TaskCompletionSource? Flushed);
}
