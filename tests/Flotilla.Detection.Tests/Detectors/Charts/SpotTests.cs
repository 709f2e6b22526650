namespace Flotilla.Detection.Tests;

public sealed class SpotTests
{
    [Theory]
    [InlineData(-0.4, 2, 200)]
    [InlineData(0, 1, 150)]
    [InlineData(0.3, 5, 200)]
    [InlineData(0.9, 0.01, 100)]
    [InlineData(0.2, 1e9, 60)]
    [InlineData(0.1, 1, 12)]
    public void The_fit_is_as_likely_as_the_best_of_a_fine_grid(double shape, double scale, int count)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var excesses = Excesses(shape, scale, count, seed);
            var fit = ParetoTail.Fit(excesses);
            LogLikelihood(excesses, fit.Shape, fit.Scale).ShouldBeNear(fit.LogLikelihood(excesses), 1e-6);

            var mean = excesses.Average();
            var best = double.NegativeInfinity;
            for (var gridShape = -0.995; gridShape < 2.5; gridShape += 0.01)
            for (var logScale = -3.0; logScale < 1.5; logScale += 0.02)
                best = Math.Max(best, LogLikelihood(excesses, gridShape, mean * Math.Exp(logScale)));
            fit.LogLikelihood(excesses).ShouldBeGreaterThan(best - 0.02, $"shape {shape}, seed {seed}: {fit}");
        }
    }

    [Fact]
    public void A_fit_of_many_finds_the_distribution()
    {
        var fit = ParetoTail.Fit(Excesses(0.25, 3, 20_000, 1));
        fit.Shape.ShouldBe(0.25, 0.03);
        fit.Scale.ShouldBe(3, 0.1);
        // P(Y > quantile) is the share.
        var quantile = new ParetoTail(0.25, 3).Quantile(0.001);
        Math.Pow(1 + 0.25 * quantile / 3, -4).ShouldBeNear(0.001);
        new ParetoTail(0, 3).Quantile(0.001).ShouldBeNear(-3 * Math.Log(0.001));
    }

    [Fact]
    public void Equal_excesses_and_a_single_one_have_a_fit()
    {
        foreach (var excesses in new[] { new double[] { 2 }, [2, 2, 2, 2], [1e-200, 1e-200], [1e150, 1, 1e-150] })
        {
            var fit = ParetoTail.Fit(excesses);
            double.IsFinite(fit.Shape).ShouldBeTrue();
            fit.Scale.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void The_limits_are_those_of_the_paper_at_each_point()
    {
        const double Risk = 1e-3;
        var values = ChartSeries.Noise(1500, 61);
        var instance = (SpotDetector)Detectors.Spot(Risk, quantile: 0.95, calibration: 400).Create();
        var verdicts = values.Select((value, i) => (instance.Observe(Points.At(i, value)), instance.Band)).ToArray();

        var calibration = values[..400];
        var (up, down) = (new Paper(calibration, 0.95, Risk / 2), new Paper([.. calibration.Select(value => -value)], 0.95, Risk / 2));
        var centre = ChartSeries.Median(calibration);
        for (var n = 400; n < values.Length; n++)
        {
            var (verdict, band) = verdicts[n];
            band.ShouldNotBeNull().High.ShouldBeNear(up.Limit, 1e-6);
            band.ShouldNotBeNull().Low.ShouldBeNear(-down.Limit, 1e-6);
            verdict.IsAnomaly.ShouldBe(values[n] > up.Limit || -values[n] > down.Limit);
            verdict.Score.ShouldBeNear(values[n] > centre ? (values[n] - centre) / (up.Limit - centre) : (centre - values[n]) / (centre + down.Limit), 1e-6);
            up.Learn(values[n]);
            down.Learn(-values[n]);
        }
        verdicts.Count(verdict => verdict.Item1.IsAnomaly).ShouldBeInRange(0, 8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_share_of_anomalies_is_near_the_risk_for_unlike_distributions(int kind)
    {
        var random = new Random(62);
        var values = Enumerable.Range(0, 100_000).Select(_ => kind switch
        {
            0 => ChartSeries.Normal(random),
            1 => -Math.Log(1 - random.NextDouble()),
            _ => Math.Pow(1 - random.NextDouble(), -0.25),
        });
        var anomalies = Points.Run(Detectors.Spot(1e-3), values).Count(verdict => verdict.IsAnomaly);
        anomalies.ShouldBeInRange(20, 250);
    }

    [Fact]
    public void A_drift_is_followed_by_dspot_alone()
    {
        var values = ChartSeries.Noise(6000, 63).Select((value, i) => value + 0.02 * i).ToArray();
        values[5500] += 12;
        var verdicts = Points.Run(Detectors.Dspot(1e-5), values);
        // Until the calibration is whole, the risk is known but roughly.
        Enumerable.Range(1000, 5000).Where(i => verdicts[i].IsAnomaly).ShouldBe([5500]);
        Points.Run(Detectors.Spot(), values).Count(verdict => verdict.IsAnomaly).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Dspot_is_spot_on_the_distance_from_the_mean_of_the_last_normal_values()
    {
        var values = ChartSeries.Noise(900, 64);
        values[500] = 150;
        var verdicts = Points.Run(Detectors.Dspot(1e-5, depth: 10), values);
        var spot = Detectors.Spot(1e-5).Create();
        var normal = values[..10].ToList();
        for (var n = 10; n < values.Length; n++)
        {
            var expected = spot.Observe(Points.At(n, values[n] - normal.TakeLast(10).Average()));
            verdicts[n].Score.ShouldBeNear(expected.Score, 1e-7);
            verdicts[n].IsAnomaly.ShouldBe(expected.IsAnomaly);
            if (!expected.IsAnomaly) normal.Add(values[n]);
        }
        verdicts[500].IsAnomaly.ShouldBeTrue();
    }

    [Fact]
    public void The_state_is_bounded()
    {
        var instance = (SpotDetector)Detectors.Spot(calibration: 1000).Create();
        var random = new Random(65);
        var most = 0;
        for (var i = 0; i < 50_000; i++)
        {
            // The level moves now and then, so that it calibrates anew.
            instance.Observe(Points.At(i, (i / 9000 % 2 == 0 ? 0 : 100) + ChartSeries.Normal(random)));
            most = Math.Max(most, instance.Held);
        }
        most.ShouldBeLessThanOrEqualTo(1000 + 30 + 2 * SpotTail.Capacity);
        instance.Held.ShouldBeLessThanOrEqualTo(30 + 2 * SpotTail.Capacity);
    }

    [Fact]
    public void Calibrated_gives_each_series_the_limit_of_its_own_scores()
    {
        var heavy = new Random(66);
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Pow(1 - heavy.NextDouble(), -0.3)).ToArray();
        values[15_000] = 1e4;
        var definition = Detectors.RobustZ(limit: 3);
        var plain = Points.Run(definition, values);
        var calibrated = Points.Run(definition.Calibrated(1e-4), values);
        plain.Count(verdict => verdict.IsAnomaly).ShouldBeGreaterThan(200);
        calibrated.Count(verdict => verdict.IsAnomaly).ShouldBeInRange(1, 15);
        calibrated[15_000].IsAnomaly.ShouldBeTrue();

        // The order of the scores between two fits is that of the detector.
        calibrated[19_000].Score.CompareTo(calibrated[19_001].Score).ShouldBe(plain[19_000].Score.CompareTo(plain[19_001].Score));
    }

    [Fact]
    public void Calibrated_keeps_the_settings_and_adds_its_own()
    {
        var definition = Detectors.RobustZ(limit: 3).Calibrated(1e-3);
        definition.Name.ShouldBe("robust_z_calibrated");
        definition.Settings.Select(setting => setting.Name).ShouldBe(["limit", "window", "floor", "relearn", "calibrated_risk"]);
        definition.Settings[0].Value.ShouldBe(3);
        definition.Settings[^1].Value.ShouldBe(1e-3);

        var values = ChartSeries.Noise(3000, 67);
        Points.Run(definition.With("window", 50), values).ShouldBe(Points.Run(Detectors.RobustZ(3, 50).Calibrated(1e-3), values));
        Should.Throw<ArgumentException>(() => definition.Calibrated()).Message.ShouldContain("calibrated already");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.RobustZ().Calibrated(0)).ParamName.ShouldBe("risk");
    }

    [Fact]
    public void A_detector_without_facts_can_be_calibrated() =>
        new DetectorDefinition("mine", () => Detectors.Threshold(above: 1).Create()).Calibrated().Facts.ShouldBeNull();

    private static double[] Excesses(double shape, double scale, int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ =>
        {
            var tail = 1 - random.NextDouble();
            return shape == 0 ? -scale * Math.Log(tail) : scale / shape * (Math.Pow(tail, -shape) - 1);
        }).ToArray();
    }

    private static double LogLikelihood(double[] excesses, double shape, double scale) => excesses.Sum(excess =>
    {
        if (Math.Abs(shape) < 1e-9) return -Math.Log(scale) - excess / scale;
        var inner = 1 + shape * excess / scale;
        return inner > 0 ? -Math.Log(scale) - (1 + 1 / shape) * Math.Log(inner) : double.NegativeInfinity;
    });

    /// <summary>Algorithm 1 of the paper, with values over the limit learnt as far as twice its excess.</summary>
    private sealed class Paper
    {
        private readonly double _risk;
        private readonly double _threshold;
        private readonly List<double> _excesses;
        private int _seen;

        public Paper(double[] calibration, double quantile, double risk)
        {
            _risk = risk;
            _seen = calibration.Length;
            var sorted = calibration.Order().ToArray();
            var position = quantile * (sorted.Length - 1);
            var below = (int)Math.Floor(position);
            _threshold = sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
            _excesses = sorted.Where(value => value > _threshold).Select(value => value - _threshold).ToList();
            Refit();
        }

        public double Limit { get; private set; }

        public void Learn(double value)
        {
            _seen++;
            if (value <= _threshold) return;
            _excesses.Add(Math.Min(value - _threshold, 2 * (Limit - _threshold)));
            Refit();
        }

        private void Refit()
        {
            var fit = ParetoTail.Fit(_excesses.ToArray());
            var ratio = _risk * _seen / _excesses.Count;
            Limit = _threshold + (fit.Shape == 0 ? -fit.Scale * Math.Log(ratio) : fit.Scale / fit.Shape * (Math.Pow(ratio, -fit.Shape) - 1));
        }
    }
}
