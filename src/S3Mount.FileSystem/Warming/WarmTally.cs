namespace S3Mount.FileSystem.Warming;

/// <summary>Counts what becomes of the objects of one job. Any thread.</summary>
internal sealed class WarmTally
{
    // Who has more failures has one cause.
    internal const int MostNamed = 10;

    private readonly Lock _gate = new();
    private readonly List<string> _failures = []; // guarded by _gate
    private string? _problem;
    private long _files, _bytes, _fetchedFiles, _fetchedBytes, _presentFiles, _presentBytes, _absentFiles, _absentBytes, _failedFiles, _failedBytes;
    private bool _isListed;

    public bool IsListed
    {
        set => Volatile.Write(ref _isListed, value);
    }

    /// <summary>Why the job does not go on.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    public void Found(long bytes)
    {
        Interlocked.Increment(ref _files);
        Add(ref _bytes, bytes);
    }

    public void Present(long bytes)
    {
        Interlocked.Increment(ref _presentFiles);
        Add(ref _presentBytes, bytes);
    }

    /// <summary>Bytes of a file whose end is still open.</summary>
    public void FetchedPart(long bytes) => Add(ref _fetchedBytes, bytes);

    /// <summary>Bytes of a file whose end is still open were there.</summary>
    public void PresentPart(long bytes) => Add(ref _presentBytes, bytes);

    public void Fetched() => Interlocked.Increment(ref _fetchedFiles);

    public void Absent(long bytes)
    {
        Interlocked.Increment(ref _absentFiles);
        Add(ref _absentBytes, bytes);
    }

    public void Failed(long bytes, string reason)
    {
        Interlocked.Increment(ref _failedFiles);
        Add(ref _failedBytes, bytes);
        lock (_gate)
        {
            if (_failures.Count < MostNamed)
                _failures.Add(reason);
        }
    }

    /// <summary>The first one counts.</summary>
    public void Stop(string problem) => Interlocked.CompareExchange(ref _problem, problem, null);

    // What a listing says of sizes may add up to more than there can be.
    private static void Add(ref long sum, long bytes)
    {
        for (long before = Volatile.Read(ref sum), found; ; before = found)
        {
            found = Interlocked.CompareExchange(ref sum, before <= long.MaxValue - bytes ? before + bytes : long.MaxValue, before);
            if (found == before)
                return;
        }
    }

    public WarmProgress ToProgress()
    {
        string[] failures;
        lock (_gate)
            failures = [.. _failures];
        return new WarmProgress
        {
            IsListed = Volatile.Read(ref _isListed),
            Files = Interlocked.Read(ref _files),
            Bytes = Interlocked.Read(ref _bytes),
            FetchedFiles = Interlocked.Read(ref _fetchedFiles),
            FetchedBytes = Interlocked.Read(ref _fetchedBytes),
            PresentFiles = Interlocked.Read(ref _presentFiles),
            PresentBytes = Interlocked.Read(ref _presentBytes),
            AbsentFiles = Interlocked.Read(ref _absentFiles),
            AbsentBytes = Interlocked.Read(ref _absentBytes),
            FailedFiles = Interlocked.Read(ref _failedFiles),
            FailedBytes = Interlocked.Read(ref _failedBytes),
            Failures = failures,
            Problem = Problem,
        };
    }
}
