using System.Text;
using Flotilla.Images;
using Flotilla.Images.Exporting;
using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Benchmarks.Images;

/// <summary>Takes a tar apart as an import does, and makes its heads again from the lines as an export does, in memory.</summary>
internal sealed class FuzzTarget
{
    private readonly ImageLimits _limits = ImageLimits.Default with { HeaderBytesMax = 64 << 10, TailBytesMax = 64 << 10 };
    private readonly byte[] _scratch = new byte[64 << 10];
    private readonly byte[] _sha256 = new byte[32];
    private readonly StringBuilder _line = new();

    /// <summary>Members that came out as they went in; what is wrong with the input is an <see cref="ImageException"/>.</summary>
    /// <exception cref="InvalidOperationException">A head came out otherwise than it went in.</exception>
    public async ValueTask<int> RunAsync(byte[] tar)
    {
        using var input = new TarInput(new MemoryStream(tar), _limits);
        var reader = new TarReader(input, _limits);
        var parser = new MemberParser(_limits);
        var dialect = new Dialect();
        var tree = new FlatTree(DuplicatePaths.LastWins);
        tree.NextLayer();
        var lines = new List<(byte[] Line, byte[] Head)>();
        while (true)
        {
            var position = input.Position;
            if (!await reader.MoveNextAsync(CancellationToken.None)) break;
            var head = reader.Head.Bytes.ToArray();
            var member = parser.Parse(reader.Head, position);
            HeadPrediction.Make(member, reader.Head, dialect);
            if (member.Type == MemberType.File) await TakeContentAsync(member, input);
            tree.Place(member, default, member.Sha256);
            if (member.Path.Length > 0) _ = GitName.OfPath(member.Path);
            _ = Shards.FileOf(Shards.Of(member.Path));
            _line.Clear();
            MemberLine.Append(_line, member, dialect);
            lines.Add((Encoding.UTF8.GetBytes(_line.ToString()), head));
        }
        foreach (var _ in tree.Walk()) { }
        var stored = LayerRecipe.Parse(new LayerRecipe("", input.Position, reader.Count, dialect, reader.EndZeros).ToBytes()).Dialect;
        foreach (var (line, head) in lines)
        {
            var text = Encoding.UTF8.GetString(line);
            if (text.IndexOf('\n') != text.Length - 1) throw new InvalidOperationException("A line is not one line: " + text);
            if (!LayerWriter.Head(MemberLine.Parse(text.AsSpan(0, text.Length - 1), stored), stored).AsSpan().SequenceEqual(head))
                throw new InvalidOperationException("A head comes out otherwise than it went in: " + text);
        }
        return lines.Count;
    }

    private async ValueTask TakeContentAsync(Member member, TarInput input)
    {
        for (var left = member.Size; left > 0;)
        {
            var part = (int)Math.Min(left, _scratch.Length);
            await input.ReadExactlyAsync(_scratch.AsMemory(0, part), CancellationToken.None);
            left -= part;
        }
        await input.ReadExactlyAsync(_scratch.AsMemory(0, (int)(-member.Size & (TarHeader.BlockSize - 1))), CancellationToken.None);
        member.Sha256 = _sha256;
    }
}
