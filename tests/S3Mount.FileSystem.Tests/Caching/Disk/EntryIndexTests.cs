using System.Diagnostics;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

public sealed class EntryIndexTests
{
    [Test]
    public void It_finds_what_a_list_of_all_records_has([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var index = new EntryIndex();
        // Few granules: several records of one, in several segments. High bits alike: the fingerprints decide nothing.
        CacheKey[] granules = [.. Enumerable.Range(0, 300).Select(i => new CacheKey((ulong)(i % 3) << 20, (ulong)(i * 7)))];
        var live = new List<CacheSegment>();
        var removed = new HashSet<(CacheSegment, int)>();
        for (int step = 0; step < 3000; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    CacheSegment added = NewSegment(random, granules, random.Next(1, 200));
                    Assert.That(index.TryAdd(added), Is.True);
                    live.Add(added);
                    break;
                case 1 when live.Count > 4:
                    CacheSegment gone = live[random.Next(live.Count)];
                    live.Remove(gone);
                    index.Remove(gone);
                    Assert.That(gone.Number, Is.Zero);
                    break;
                case 2 when live.Count > 0:
                    CacheSegment segment = live[random.Next(live.Count)];
                    int entry = random.Next(segment.Count);
                    Assert.That(index.Remove(segment, entry), Is.EqualTo(removed.Add((segment, entry))));
                    break;
                default:
                    AssertSame(index, live, removed, granules[random.Next(granules.Length)], random.Next(CacheFormat.GranuleSize));
                    break;
            }
        }
        Assert.That(index.Segments, Is.EqualTo(live.Count));
        foreach (CacheKey granule in granules)
            AssertSame(index, live, removed, granule, 0);
    }

    [Test]
    public void Segments_that_come_and_go_for_ever_leave_it_as_small_as_it_was()
    {
        var random = new Random(1);
        var index = new EntryIndex();
        var live = new Queue<CacheSegment>();
        for (int i = 0; i < 2000; i++)
        {
            CacheSegment added = NewSegment(random, [.. Enumerable.Range(0, 50).Select(_ => new CacheKey((ulong)random.NextInt64(), (ulong)random.NextInt64()))], 50);
            index.TryAdd(added);
            live.Enqueue(added);
            if (live.Count > 100)
                index.Remove(live.Dequeue());
            Assert.That(added.Number, Is.InRange(1, 102));
        }
        Assert.That(index.Slots, Is.LessThanOrEqualTo(16384));
    }

    // What a terabyte of images of a megabyte has, or a hundred gigabytes of ImageNet.
    [Test, CancelAfter(60_000)]
    public async Task A_million_records_take_at_most_64_bytes_each_and_load_in_two_seconds_of_processor_time(CancellationToken cancellationToken)
    {
        const int Segments = 400, Each = 2500;
        using var directory = new TempDirectory();
        directory.CreateDirectory("blocks");
        var random = new Random(1);
        for (int i = 0; i < Segments; i++)
        {
            using CacheSegment segment = SegmentFiles.Create(directory["blocks"], (ulong)i, 1);
            for (int j = 0; j < Each; j++)
                segment.Append(new CacheKey((ulong)random.NextInt64(), (ulong)random.NextInt64()), 0, new byte[1]);
            SegmentFiles.Complete(segment);
        }
        cancellationToken.ThrowIfCancellationRequested();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        // Processor time: the files are in the page cache, and what else the machine does is not the load's.
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await using var rig = new DiskRig(directory.Path, new FakeObjectStore(), DiskRig.NewClock());
        await rig.Disk.WaitForLoadAsync(cancellationToken);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start), took = Environment.CpuUsage.TotalTime - processor;
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        await TestContext.Out.WriteLineAsync($"{elapsed.TotalMilliseconds:0} ms, {took.TotalMilliseconds:0} ms of processor time, {bytes / (double)(Segments * Each):0.0} bytes a record");
        Assert.That(rig.Disk.Statistics.Records, Is.EqualTo(Segments * Each));
        Assert.That(bytes, Is.LessThanOrEqualTo(64L * Segments * Each));
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    private static void AssertSame(EntryIndex index, List<CacheSegment> live, HashSet<(CacheSegment, int)> removed, CacheKey granule, int at)
    {
        int farthest = at, next = CacheFormat.GranuleSize;
        foreach (CacheSegment segment in live)
        {
            for (int i = 0; i < segment.Count; i++)
            {
                SegmentEntry record = segment[i];
                if (record.Granule != granule || removed.Contains((segment, i)))
                    continue;
                if (record.Start > at)
                    next = Math.Min(next, record.Start);
                else
                    farthest = Math.Max(farthest, record.End);
            }
        }
        bool isFound = index.TryFind(granule, at, out CacheSegment found, out int entry, out int nextFound);
        Assert.That(isFound, Is.EqualTo(farthest > at));
        if (isFound)
            Assert.That((found[entry].Granule, found[entry].End, removed.Contains((found, entry))), Is.EqualTo((granule, farthest, false)));
        else
            Assert.That(nextFound, Is.EqualTo(next));
    }

    private static CacheSegment NewSegment(Random random, CacheKey[] granules, int count)
    {
        var entries = new SegmentEntry[count];
        for (int i = 0; i < count; i++)
        {
            int start = random.Next(CacheFormat.GranuleSize);
            entries[i] = new SegmentEntry(granules[random.Next(granules.Length)], SegmentHeader.Size, start, random.Next(1, CacheFormat.GranuleSize - start + 1), 0);
        }
        return new CacheSegment("none", new Microsoft.Win32.SafeHandles.SafeFileHandle(), entries, SegmentHeader.Size, 0);
    }
}
