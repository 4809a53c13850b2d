using System.Diagnostics;
using System.Runtime.InteropServices;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>
/// Measures the mount itself, from its command until it is mounted, with a cache that has very many small entries and with an
/// empty one. Memory is VmRSS when the mount has told how many entries it has found.
/// </summary>
internal sealed class ManyEntries(EpochMounts mounts)
{
    // A segment of the largest size, 256 MiB, has so many images of 110 KB.
    private const int EntriesPerSegment = 2_400;
    private const int Payload = 64;

    private string? _full;

    public async Task<Sample> MeasureAsync(EpochScenario scenario, Contender contender, CancellationToken cancellationToken)
    {
        using var empty = new CacheFor(mounts.Site);
        bool isFull = contender == Contender.S3Mount;
        string cache = isFull ? _full ??= Fill(mounts.Site.NewCache(), scenario.Entries) : empty.Path;
        PageCache.Drop(cache);
        await mounts.Store.ResetCountsAsync(cancellationToken);
        long start = Stopwatch.GetTimestamp();
        await using RunningMount mount = await mounts.StartOfImagesAsync(["--cache", cache, "--max-cache-size", "1GiB"], cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long found = (await ProgramRun.CacheOfAsync(mounts.Program, mount.Directory, cancellationToken)).Records;
        if (found != (isFull ? scenario.Entries : 0))
            throw new BenchException($"it found {found} entries of {(isFull ? scenario.Entries : 0)}");
        return new Sample(new ClientResult(seconds, scenario.Entries, 0), mount.Usage, StoreCpu: 0, await mounts.Store.CountsAsync(cancellationToken));
    }

    private static string Fill(string cache, int entries)
    {
        string blocks = Directory.CreateDirectory(Path.Combine(cache, "blocks")).FullName;
        var random = new Random(7);
        byte[] payload = new byte[Payload];
        ulong[] key = new ulong[2];
        for (int done = 0; done < entries; done += EntriesPerSegment)
        {
            using CacheSegment segment = SegmentFiles.Create(blocks, (ulong)done + 1, DateTime.UtcNow.Ticks);
            for (int i = 0; i < Math.Min(EntriesPerSegment, entries - done); i++)
            {
                random.NextBytes(MemoryMarshal.AsBytes(key.AsSpan()));
                if (!segment.CanStage(Payload))
                    segment.Flush();
                segment.Stage(new CacheKey(key[0], key[1]), 0, payload);
            }
            segment.Flush();
            SegmentFiles.Complete(segment);
        }
        return cache;
    }
}
