using S3Mount.Doctor.Store;
using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Speed;

/// <summary>How long small reads take, one after another.</summary>
internal sealed class FirstByteCheck(Findings findings, TimeProvider timeProvider) : ICheck
{
    /// <summary>One packet or three: it is the store that takes time, not the wire.</summary>
    private const int Length = 4096;

    /// <summary>So that there is a 99th of 100.</summary>
    private const int MostReads = 100;

    /// <summary>A hundred of 20 ms fit.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(3);

    /// <summary>S3 sends its first bytes within 100 to 200 ms (S3 User Guide, "Performance guidelines").</summary>
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(500);

    public CheckArea Area => CheckArea.Speed;

    public string Name => "first byte";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Store is not { } opened || !findings.IsReadable)
            return CheckResult.Skipped("no object can be read");
        IReadOnlyList<SampleObject> objects = findings.Sample.Objects;
        var times = new List<TimeSpan>(MostReads);
        byte[] destination = new byte[Length];
        long startedAt = timeProvider.GetTimestamp();
        // Objects from all over the sample: what the store has just read it may have at hand.
        for (int i = 0; i < MostReads && (times.Count == 0 || timeProvider.GetElapsedTime(startedAt) < _longest); i++)
        {
            SampleObject one = objects[(int)((long)i * objects.Count / MostReads)];
            long askedAt = timeProvider.GetTimestamp();
            try
            {
                await opened.Store.ReadRangeAsync(one.Key, one.Version, 0, destination.AsMemory(0, (int)Math.Min(Length, one.Version.Size)), null, cancellationToken).ConfigureAwait(false);
                times.Add(timeProvider.GetElapsedTime(askedAt));
            }
            catch (ObjectStoreException e) when (e.Failure is ObjectStoreFailure.NotFound or ObjectStoreFailure.PreconditionFailed)
            {
                // Replaced or deleted since it was listed.
            }
        }
        if (times.Count == 0)
            return CheckResult.Skipped("all objects have changed since they were listed");
        times.Sort();
        TimeSpan median = times[times.Count / 2], late = times[(times.Count * 99 - 1) / 100];
        findings.FirstByte = median;
        string found = $"{DoctorText.Time(median)} in the middle, {DoctorText.Time(late)} for 99 of 100 ({times.Count} reads of 4 KiB)";
        return median < _slow
            ? CheckResult.Ok(found)
            : CheckResult.Warning(found, "run nearer to the store, or look why it is slow; more readers and --cache hide it");
    }
}
