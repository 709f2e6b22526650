using Flotilla.Core;
using Flotilla.Detection.Bench;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests.Bench;

public sealed class ShardTests
{
    [Fact]
    public void All_parts_together_have_each_pair_once_and_none_has_two_more_than_another() =>
        Prop.ForAll<byte[], PositiveInt>((sizes, shards) =>
        {
            var count = shards.Get % 9 + 1;
            var pairs = sizes.SelectMany((size, at) => new[] { "x", "y", "z" }.Select(detector => (Size: (long)size, Path: $"{at}.csv", Detector: detector))).ToList();
            var parts = Enumerable.Range(1, count)
                .Select(index => new Shard(index, count).Of(pairs, pair => pair.Size, pair => pair.Path, pair => pair.Detector).ToList()).ToList();
            parts.SelectMany(part => part).Order().ShouldBe(pairs.Order());
            (parts.Max(part => part.Count) - parts.Min(part => part.Count)).ShouldBeLessThanOrEqualTo(1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_split_does_not_depend_on_the_order_of_the_pairs()
    {
        var pairs = Enumerable.Range(0, 40).Select(at => (Size: at % 4L, Path: $"{at % 10}.csv", Detector: $"d{at / 10}")).ToList();
        var part = new Shard(2, 3);
        part.Of(Enumerable.Reverse(pairs), pair => pair.Size, pair => pair.Path, pair => pair.Detector)
            .ShouldBe(part.Of(pairs, pair => pair.Size, pair => pair.Path, pair => pair.Detector));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("-1/3")]
    [InlineData("1/3/5")]
    [InlineData("a/b")]
    public void A_part_that_is_none_is_a_problem(string text) =>
        Should.Throw<ProblemException>(() => Shard.Parse(text)).Message.ShouldBe($"\"{text}\" is not a part of a run. Write the part and how many there are, such as 1/4 to 4/4.");

    [Fact]
    public void A_part_reads_as_it_is_written() => Shard.Parse("2/5").ToString().ShouldBe("2/5");
}
