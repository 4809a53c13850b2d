using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;

namespace S3Mount.FileSystem.Warming;

/// <summary>One object on its way into the disk cache, in one part or many. Any thread.</summary>
internal sealed class WarmFile
{
    private int _open = 1; // parts under way, and one for those that are yet to begin
    private Exception? _failure;
    private int _missed;

    public WarmFile(WarmJob job, ObjectReader reader, in CacheKey name)
    {
        Job = job;
        Reader = reader;
        Name = name;
    }

    /// <summary>What blocks of it belong to; nobody reads through it.</summary>
    public ObjectReader Reader { get; }

    public CacheKey Name { get; }

    public WarmJob Job { get; }

    public long Size => Reader.Version.Size;

    /// <summary>What the store said of the first part that failed.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether a part could not be kept.</summary>
    public bool IsMissed => Volatile.Read(ref _missed) == 1;

    public void BeginPart() => Interlocked.Increment(ref _open);

    public void EndPart(int length, bool isKept, Exception? failure)
    {
        if (failure is not null)
            Interlocked.CompareExchange(ref _failure, failure, null);
        else if (isKept)
            Job.Tally.FetchedPart(length);
        else
            Volatile.Write(ref _missed, 1);
        Close();
    }

    /// <summary>A part was there.</summary>
    public void FindPart(int length) => Job.Tally.PresentPart(length);

    /// <summary>Parts could not be begun.</summary>
    public void Miss() => Volatile.Write(ref _missed, 1);

    /// <summary>It is given up.</summary>
    public void Stop(Exception reason) => Interlocked.CompareExchange(ref _failure, reason, null);

    /// <summary>No more parts will be begun.</summary>
    public void EndParts() => Close();

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            Job.End(this);
    }
}
