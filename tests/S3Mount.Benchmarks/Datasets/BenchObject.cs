using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Datasets;

/// <summary>One object of the store: a ramp of its own seed, or a file of the reference tree.</summary>
internal readonly record struct BenchObject(string Key, long Size, int Seed)
{
    /// <summary>The checksum that the store keeps with it, as ChecksumAlgorithm names it; null: none.</summary>
    public string? Checksum { get; init; }

    public ReadRange Whole => new(Key, 0, Size, Seed);
}
