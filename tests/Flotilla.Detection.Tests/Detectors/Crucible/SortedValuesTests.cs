using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class SortedValuesTests
{
    [Fact]
    public void Ranks_equal_those_of_a_sorted_list_whatever_comes_and_goes() =>
        Prop.ForAll(Gen.Choose(1, 1200).ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (capacity, distinct, seed) =>
        {
            var random = new Random(seed);
            var values = new SortedValues();
            var all = new List<double>();
            for (var step = 0; step < 3000; step++)
            {
                var value = random.Next(10) == 0 ? step : random.Next(distinct) / 4.0;
                if (all.Count == capacity)
                {
                    var leaving = random.Next(all.Count);
                    values.Remove(all[leaving]);
                    all.RemoveAt(leaving);
                }
                values.Add(value);
                all.Add(value);
                if (step % 211 != 0) continue;
                var sorted = all.Order().ToArray();
                Enumerable.Range(0, values.Count).Select(rank => values[rank]).ShouldBe(sorted);
                (values.Min, values.Max).ShouldBe((sorted[0], sorted[^1]));
                foreach (var probe in (double[])[value, value + 0.1, -1, 1e9, sorted[sorted.Length / 2]])
                    values.CountBelow(probe).ShouldBe(sorted.Count(each => each < probe));
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_hundred_thousand_values_come_and_go(int slope)
    {
        const int count = 100_000;
        var values = new SortedValues();
        var random = new Random(1);
        var kept = Enumerable.Range(0, count).Select(i => slope == 0 ? random.NextDouble() : (double)i * slope).ToArray();
        foreach (var value in kept) values.Add(value);
        values.BlockCount.ShouldBeLessThan(count / 256);
        for (var i = 0; i < count - 100; i++) values.Remove(kept[i]);
        Enumerable.Range(0, values.Count).Select(rank => values[rank]).ShouldBe(kept[^100..].Order());
        values.BlockCount.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public void The_last_value_leaves_and_another_comes()
    {
        var values = new SortedValues();
        for (var i = 0; i < 3; i++)
        {
            values.Add(i);
            values[0].ShouldBe(i);
            values.CountBelow(5).ShouldBe(1);
            values.Remove(i);
            values.Count.ShouldBe(0);
            values.CountBelow(5).ShouldBe(0);
        }
    }

    [Fact]
    public void A_window_follows_a_wandering_series()
    {
        var random = new Random(11);
        var window = new SortedWindow(4000);
        var recent = new Queue<double>();
        double level = 0, speed = 0;
        for (var i = 0; i < 60_000; i++)
        {
            if (i % 150 == 0) speed = random.Next(-3, 4);
            level += speed;
            var value = Math.Round(level + random.Next(-20, 21));
            window.Add(value);
            recent.Enqueue(value);
            if (recent.Count > 4000) recent.Dequeue();
            if (i % 5003 == 0) Enumerable.Range(0, window.Count).Select(rank => window[rank]).ShouldBe(recent.Order());
        }
    }

    [Fact]
    public void Two_samples_keep_the_distance_of_their_distributions() =>
        Prop.ForAll(Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (distinct, seed) =>
        {
            var random = new Random(seed);
            var samples = new TwoSamples();
            var (first, second) = (new List<double>(), new List<double>());
            for (var step = 0; step < 400; step++)
            {
                var value = random.Next(distinct) + (double)(step / 100);
                second.Add(value);
                samples.AddToSecond(value);
                if (second.Count > 1 + random.Next(80))
                {
                    samples.RemoveFromSecond(second[0]);
                    samples.AddToFirst(second[0]);
                    first.Add(second[0]);
                    second.RemoveAt(0);
                }
                if (first.Count > 1 + random.Next(150))
                {
                    samples.RemoveFromFirst(first[0]);
                    first.RemoveAt(0);
                }
                (samples.FirstCount, samples.SecondCount).ShouldBe((first.Count, second.Count));
                if (first.Count == 0 || step % 7 != 0) continue;
                samples.Distance.ShouldBe(first.Concat(second).Max(at =>
                    Math.Abs((long)first.Count(each => each <= at) * second.Count - (long)second.Count(each => each <= at) * first.Count)) / ((double)first.Count * second.Count));
            }
        }).QuickCheckThrowOnFailure();
}
