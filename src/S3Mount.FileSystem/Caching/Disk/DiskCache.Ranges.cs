using S3Mount.FileSystem.Explaining;

namespace S3Mount.FileSystem.Caching.Disk;

public sealed partial class DiskCache
{
    /// <summary>What is there of an object. Nothing is read or checked; of a terabyte a million entries are looked at.</summary>
    internal List<ByteRange> Ranges(in CacheKey key, long size)
    {
        var ranges = new List<ByteRange>();
        for (long offset = 0; offset < size;)
        {
            // What lies behind the end of the object is of the last page.
            bool isThere = TryFind(key, offset, out CacheSegment segment, out int entry, out int next);
            long end = Math.Min(size, offset - (offset % CacheFormat.GranuleSize) + (isThere ? segment[entry].End : next));
            if (isThere && ranges.Count > 0 && ranges[^1].Offset + ranges[^1].Length == offset)
                ranges[^1] = ranges[^1] with { Length = end - ranges[^1].Offset };
            else if (isThere)
                ranges.Add(new ByteRange(offset, end - offset));
            offset = end;
        }
        return ranges;
    }
}
