using S3Mount.Doctor.Store;

namespace S3Mount.Doctor.Speed;

/// <summary>Ranges of the objects of a sample, one after another and over again; of large objects as a mount reads them. Any thread.</summary>
internal sealed class SampleRanges
{
    /// <summary>Beyond it the next range is another object's anyway: 8 GiB in ranges of 2 MiB.</summary>
    private const int Most = 4096;

    private readonly List<(SampleObject Object, long Offset, int Length)> _ranges = [];
    private int _next = -1;

    public SampleRanges(IReadOnlyList<SampleObject> objects, int range)
    {
        foreach (SampleObject one in objects)
        {
            for (long offset = 0; offset < one.Version.Size && _ranges.Count < Most; offset += range)
                _ranges.Add((one, offset, (int)Math.Min(range, one.Version.Size - offset)));
        }
        Bytes = _ranges.Sum(one => (long)one.Length);
    }

    /// <summary>Of all of them, each once.</summary>
    public long Bytes { get; }

    public int Longest => _ranges.Max(one => one.Length);

    public (SampleObject Object, long Offset, int Length) Next() => _ranges[(int)((uint)Interlocked.Increment(ref _next) % (uint)_ranges.Count)];
}
