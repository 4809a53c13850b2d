using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>One row of the listings: what is looked for, by whom, on which settings of the store.</summary>
/// <param name="Contenders">In the order in which they are measured; s3mount first, since the bare client gets as many connections as it used.</param>
internal sealed record ListingScenario(string Name, string Title, ListingKind Kind, ListingTree Tree, Contender[] Contenders) : IScenario
{
    public StoreSetting[] Settings { get; init; } = [StoreSetting.Remote];

    /// <summary>Of a <see cref="ListingKind.One"/>, below the prefix of the tree.</summary>
    public string Path { get; init; } = "";

    /// <summary>s3mount mounts the prefix with a snapshot of it, and the clock runs from its command on.</summary>
    public bool UsesSnapshot { get; init; }

    /// <summary>There is a second pass on the same mount.</summary>
    public bool HasWarmPass { get; init; }

    public long Files => Kind == ListingKind.One ? 1 : Tree.Files;
}
