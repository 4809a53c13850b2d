using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Explaining;

namespace S3Mount.FileSystem.Reading;

internal sealed partial class ObjectReader
{
    /// <summary>The bytes that are there, and those that are on their way.</summary>
    public (IReadOnlyList<ByteRange> Here, IReadOnlyList<ByteRange> Arriving) Ranges()
    {
        var here = new List<ByteRange>();
        var arriving = new List<ByteRange>();
        lock (_gate)
        {
            foreach (Block block in _blocks)
            {
                int filled = block.Filled;
                Add(here, block.Offset, filled);
                Add(arriving, block.Offset + filled, block.Length - filled);
            }
        }
        return (here, arriving);

        static void Add(List<ByteRange> ranges, long offset, long length)
        {
            if (length == 0)
                return;
            if (ranges.Count > 0 && ranges[^1].Offset + ranges[^1].Length == offset)
                ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + length };
            else
                ranges.Add(new ByteRange(offset, length));
        }
    }
}
