namespace S3Mount.FileSystem.Warming;

/// <summary>How far a <see cref="WarmJob"/> has come. Sizes are bytes.</summary>
public sealed record WarmProgress
{
    /// <summary>Files that were found so far; all of them when <see cref="IsListed"/>.</summary>
    public required long Files { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Whether nothing more will be found.</summary>
    public required bool IsListed { get; init; }

    /// <summary>Files that were fetched, or of which something was.</summary>
    public required long FetchedFiles { get; init; }

    public required long FetchedBytes { get; init; }

    /// <summary>Files that were there as a whole.</summary>
    public required long PresentFiles { get; init; }

    public required long PresentBytes { get; init; }

    /// <summary>Files that are missing: the cache is full, or they were only looked for.</summary>
    public required long AbsentFiles { get; init; }

    public required long AbsentBytes { get; init; }

    public required long FailedFiles { get; init; }

    public required long FailedBytes { get; init; }

    /// <summary>Why: a line for each of the first few.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Why the rest was not tried; null: all was.</summary>
    public string? Problem { get; init; }

    /// <summary>Of several jobs together.</summary>
    internal static WarmProgress Sum(IReadOnlyList<WarmProgress> all) => new()
    {
        Files = all.Sum(one => one.Files),
        Bytes = Saturated(all, one => one.Bytes),
        IsListed = all.All(one => one.IsListed),
        FetchedFiles = all.Sum(one => one.FetchedFiles),
        FetchedBytes = Saturated(all, one => one.FetchedBytes),
        PresentFiles = all.Sum(one => one.PresentFiles),
        PresentBytes = Saturated(all, one => one.PresentBytes),
        AbsentFiles = all.Sum(one => one.AbsentFiles),
        AbsentBytes = Saturated(all, one => one.AbsentBytes),
        FailedFiles = all.Sum(one => one.FailedFiles),
        FailedBytes = Saturated(all, one => one.FailedBytes),
        Failures = [.. all.SelectMany(one => one.Failures).Take(WarmTally.MostNamed)],
        Problem = all.Select(one => one.Problem).FirstOrDefault(problem => problem is not null),
    };

    // What a listing says of sizes may add up to more than there can be.
    private static long Saturated(IReadOnlyList<WarmProgress> all, Func<WarmProgress, long> of)
    {
        long sum = 0;
        foreach (WarmProgress one in all)
            sum = of(one) <= long.MaxValue - sum ? sum + of(one) : long.MaxValue;
        return sum;
    }
}
