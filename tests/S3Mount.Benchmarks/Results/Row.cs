namespace S3Mount.Benchmarks.Results;

/// <summary>All samples of one contender in one scenario.</summary>
internal sealed record Row(string Scenario, string Contender, List<Sample> Samples)
{
    public double Median => Ordered[Samples.Count / 2].Client.Seconds;

    public double Min => Ordered[0].Client.Seconds;

    public double Max => Ordered[^1].Client.Seconds;

    /// <summary>The sample with the median time.</summary>
    public Sample Middle => Ordered[Samples.Count / 2];

    private Sample[] Ordered => [.. Samples.OrderBy(sample => sample.Client.Seconds)];
}
