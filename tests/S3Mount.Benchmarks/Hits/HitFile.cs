using S3Mount.Fuse;

namespace S3Mount.Benchmarks.Hits;

/// <summary>A file of which every byte is in the block cache.</summary>
/// <param name="Address">Where the store has put its first byte.</param>
internal readonly record struct HitFile(NodeId Node, nint Address);
