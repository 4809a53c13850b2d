using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

internal static class CacheSegmentExtensions
{
    /// <summary>Writes a record alone.</summary>
    /// <returns>Its entry.</returns>
    public static int Append(this CacheSegment segment, in CacheKey granule, int start, ReadOnlyMemory<byte> bytes)
    {
        segment.Stage(granule, start, bytes);
        return segment.Flush();
    }
}
