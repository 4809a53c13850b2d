namespace S3Mount.Doctor.Speed;

/// <summary>Throughput by connections.</summary>
/// <param name="Steps">By connections, fewest first; not empty.</param>
/// <param name="Bytes">All that was fetched for it.</param>
/// <param name="Throttled">Requests that the store refused because there were too many.</param>
internal sealed record ThroughputCurve(IReadOnlyList<ConnectionStep> Steps, long Bytes, long Requests, long Throttled)
{
    /// <summary>So much more must more connections bring to be worth it: the noise of a second's measurement is less.</summary>
    public const double Growth = 1.1;

    /// <summary>The fewest connections beyond which no measured number brings a tenth more.</summary>
    public ConnectionStep Knee
    {
        get
        {
            for (int i = 0; i < Steps.Count - 1; i++)
            {
                if (Steps.Skip(i + 1).All(more => more.BytesPerSecond < Steps[i].BytesPerSecond * Growth))
                    return Steps[i];
            }
            return Steps[^1];
        }
    }

    /// <summary>Throughput still grew when the last number was tried.</summary>
    public bool IsGrowing => Knee == Steps[^1];

    /// <summary>Two steps in a row have brought less than a tenth more than the best before them: others would bring no more.</summary>
    public static bool IsLevel(IReadOnlyList<ConnectionStep> steps) =>
        steps.Count >= 3 && steps.SkipLast(2).Max(step => step.BytesPerSecond) * Growth > steps.TakeLast(2).Max(step => step.BytesPerSecond);
}
