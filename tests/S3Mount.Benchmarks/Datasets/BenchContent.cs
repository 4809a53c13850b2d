using S3Mount.Benchmarks.Listings;

namespace S3Mount.Benchmarks.Datasets;

/// <summary>What is in the store of one run.</summary>
/// <param name="Objects">Ramps, and the files of the reference tree.</param>
/// <param name="ImageDirectory">Where those files are; null where there are none.</param>
/// <param name="Trees">Keys that are computed.</param>
internal sealed record BenchContent(IEnumerable<BenchObject> Objects, string? ImageDirectory, IEnumerable<ListingTree> Trees);
