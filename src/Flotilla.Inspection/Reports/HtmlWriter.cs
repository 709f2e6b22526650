using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace Flotilla.Inspection.Reports;

/// <summary>
/// Writes HTML from interpolated strings: what stands in holes is text of others. It is made <see cref="ReportText.Visible"/> and is escaped, for
/// elements and for quoted attributes.
/// </summary>
internal sealed class HtmlWriter(TextWriter output)
{
    /// <summary>Writes markup; the handler has written it when this is called.</summary>
    public void Write([InterpolatedStringHandlerArgument("")] ref Markup markup) => markup.End(this);

    /// <summary>Writes what is HTML already.</summary>
    public void Raw(string html) => output.Write(html);

    /// <summary>Writes text.</summary>
    public void Text(string? text) => WebUtility.HtmlEncode(ReportText.Visible(text ?? ""), output);

    /// <summary>Writes a path that may be broken after each folder.</summary>
    public void FilePath(string path)
    {
        foreach (var (i, part) in path.Split('/').Index())
        {
            if (i > 0) Raw("/<wbr>");
            Text(part);
        }
    }

    [InterpolatedStringHandler]
    public ref struct Markup
    {
        private HtmlWriter? _writer;

        public Markup(int literalLength, int formattedCount, HtmlWriter writer) => _writer = writer;

        public readonly void AppendLiteral(string html) => _writer!.Raw(html);

        public readonly void AppendFormatted(string? text) => _writer!.Text(text);

        public readonly void AppendFormatted(int number) => _writer!.Raw(number.ToString(CultureInfo.InvariantCulture));

        internal void End(HtmlWriter writer) => _writer = ReferenceEquals(_writer, writer) ? null : throw new InvalidOperationException("Markup is written once.");
    }
}
