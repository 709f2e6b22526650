using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class RandomCutTreeTests
{
    [Fact]
    public void Inserting_and_deleting_keep_boxes_cuts_and_counts() =>
        Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (seed, dimensions) =>
        {
            var random = new Random(seed);
            const int capacity = 14;
            var tree = new RandomCutTree(dimensions, capacity, new Random(seed));
            List<(int Leaf, double[] Point)> held = [];
            for (var step = 0; step < 50; step++)
            {
                if (held.Count == capacity || (held.Count > 0 && random.Next(3) == 0))
                {
                    var index = random.Next(held.Count);
                    tree.Delete(held[index].Leaf);
                    held.RemoveAt(index);
                }
                else
                {
                    // Few coordinates, so that equal points and shared sides occur.
                    double[] point = [.. Enumerable.Range(0, dimensions).Select(_ => (double)random.Next(dimensions == 1 ? 12 : 3))];
                    held.Add((tree.Insert(point), point));
                }
                Check(tree, held);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Fact]
    public void Collusive_displacement_is_the_most_depth_that_a_group_adds_to_the_others_per_member() =>
        Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var tree = new RandomCutTree(2, 40, new Random(seed));
            List<(int Leaf, double[] Point)> held = [];
            for (var i = 0; i < 2 + seed % 30; i++)
            {
                double[] point = [random.Next(5), i % 7 == 0 ? 20 : random.Next(5)];
                held.Add((tree.Insert(point), point));
            }
            foreach (var leaf in held.Select(each => each.Leaf).Distinct())
                tree.CollusiveDisplacement(leaf).ShouldBe(ByEnumeration(tree, leaf), 1e-12);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Fact]
    public void A_far_point_displaces_more_than_those_of_a_cluster()
    {
        var random = new Random(3);
        double far = 0, near = 0;
        for (var i = 0; i < 50; i++)
        {
            var tree = new RandomCutTree(2, 65, random);
            var cluster = Enumerable.Range(0, 64).Select(_ => tree.Insert([random.NextDouble(), random.NextDouble()])).ToArray();
            far += tree.CollusiveDisplacement(tree.Insert([30, 30]));
            near += cluster.Max(tree.CollusiveDisplacement);
        }
        (far / 50).ShouldBeGreaterThan(50);
        near.ShouldBeLessThan(far);
    }

    [Fact]
    public void Cuts_are_chosen_in_proportion_to_the_sides_of_the_box()
    {
        var random = new Random(5);
        var inFirst = 0;
        const int trees = 20_000;
        for (var i = 0; i < trees; i++)
        {
            var tree = new RandomCutTree(2, 2, random);
            tree.Insert([0, 0]);
            tree.Insert([3, 1]);
            if (tree.Cut(tree.Root).Dimension == 0) inFirst++;
        }
        // Five standard deviations of a binomial with p = 3/4.
        ((double)inFirst / trees).ShouldBe(0.75, 5 * Math.Sqrt(0.75 * 0.25 / trees));
    }

    [Fact]
    public void Equal_points_share_a_leaf_and_displace_nothing()
    {
        var tree = new RandomCutTree(1, 10, new Random(1));
        var leaves = Enumerable.Range(0, 10).Select(_ => tree.Insert([4])).Distinct().ToArray();
        leaves.Length.ShouldBe(1);
        tree.Count.ShouldBe(10);
        tree.CollusiveDisplacement(leaves[0]).ShouldBe(0);
    }

    private static void Check(RandomCutTree tree, List<(int Leaf, double[] Point)> held)
    {
        tree.Count.ShouldBe(held.Count);
        if (held.Count == 0)
        {
            tree.Root.ShouldBe(-1);
            return;
        }
        List<double[]> Below(int node)
        {
            List<double[]> points;
            if (tree.IsLeaf(node))
            {
                points = [.. held.Where(each => each.Leaf == node).Select(each => each.Point)];
                foreach (var point in points) point.ShouldBe(tree.Low(node).ToArray());
            }
            else
            {
                var (left, right) = tree.Children(node);
                var (dimension, cut) = tree.Cut(node);
                var (lower, upper) = (Below(left), Below(right));
                lower.ShouldAllBe(point => point[dimension] <= cut);
                upper.ShouldAllBe(point => point[dimension] > cut);
                points = [.. lower, .. upper];
            }
            points.Count.ShouldBe(tree.CountOf(node));
            points.Count.ShouldBeGreaterThan(0);
            for (var d = 0; d < points[0].Length; d++)
            {
                tree.Low(node)[d].ShouldBe(points.Min(point => point[d]));
                tree.High(node)[d].ShouldBe(points.Max(point => point[d]));
            }
            return points;
        }
        Below(tree.Root);
    }

    // Removes every group (the points below an ancestor) in turn, and sums how much less deep each other point then is.
    private static double ByEnumeration(RandomCutTree tree, int leaf)
    {
        double most = 0;
        var path = PathTo(tree, tree.Root, leaf)!;
        foreach (var group in path.Where(node => node != tree.Root))
        {
            var before = Leaves(tree, tree.Root, 0, without: -1).ToDictionary(each => each.Leaf, each => each.Depth);
            double risen = Leaves(tree, tree.Root, 0, without: group).Sum(each => (before[each.Leaf] - each.Depth) * tree.CountOf(each.Leaf));
            most = Math.Max(most, risen / tree.CountOf(group));
        }
        return most;
    }

    private static List<int>? PathTo(RandomCutTree tree, int node, int leaf)
    {
        if (node == leaf) return [node];
        if (tree.IsLeaf(node)) return null;
        var (left, right) = tree.Children(node);
        var below = PathTo(tree, left, leaf) ?? PathTo(tree, right, leaf);
        return below is null ? null : [node, .. below];
    }

    private static IEnumerable<(int Leaf, int Depth)> Leaves(RandomCutTree tree, int node, int depth, int without)
    {
        if (tree.IsLeaf(node)) return [(node, depth)];
        var (left, right) = tree.Children(node);
        // A node that loses a child is replaced by the other.
        if (left == without) return Leaves(tree, right, depth, without);
        if (right == without) return Leaves(tree, left, depth, without);
        return Leaves(tree, left, depth + 1, without).Concat(Leaves(tree, right, depth + 1, without));
    }
}
