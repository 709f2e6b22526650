using Flotilla.Inspection.CSharp;

namespace Flotilla.Inspection.Tests.CSharp;

public sealed class CSharpStatementsTests
{
    private static readonly (int First, int Last)[] Lines = CSharpStatements.Lines("""
        using System;
        namespace Shop;
        [Obsolete]
        public sealed class Cart
            : IDisposable
        {
            [NonSerialized]
            private
                int _count;
            [Obsolete]
            public int Total(
                int price)
            {
                if (price > 0
                    && _count > 1)
                {
                    return price
                        * _count;
                }
                return Sum(
                    () =>
                    {
                        return 1;
                    });
            }
            public int Size { get; set; }
            public void Dispose() => throw
                new InvalidOperationException();
        }
        enum Kind { }
        """);

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(3, 3, 6)]
    [InlineData(5, 3, 6)]
    [InlineData(8, 7, 9)]
    [InlineData(10, 10, 12)]
    [InlineData(12, 10, 12)]
    [InlineData(13, 0, 0)]
    [InlineData(15, 14, 15)]
    [InlineData(18, 17, 18)]
    [InlineData(20, 20, 24)]
    [InlineData(23, 23, 23)]
    [InlineData(24, 20, 24)]
    [InlineData(26, 26, 26)]
    [InlineData(27, 27, 27)]
    [InlineData(30, 30, 30)]
    public void A_line_knows_the_statement_or_the_head_that_it_is_in(int line, int first, int last) => Lines[line].ShouldBe((first, last));

    [Fact]
    public void Broken_code_has_lines_too() => Should.NotThrow(() => CSharpStatements.Lines("class { void M( { if (\n\n else }}} int"));
}
