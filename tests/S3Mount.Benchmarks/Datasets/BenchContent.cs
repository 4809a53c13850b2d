using S3Mount.Benchmarks.Listings;

namespace S3Mount.Benchmarks.Datasets;

/// <summary>What is in the store of one run.</summary>
/// <param name="Objects">Ramps, and the files of the reference tree.</param>
/// <param name="ImageDirectories">Where those files are.</param>
/// <param name="Trees">Keys that are computed.</param>
internal sealed record BenchContent(IEnumerable<BenchObject> Objects, IEnumerable<string> ImageDirectories, IEnumerable<ListingTree> Trees);
