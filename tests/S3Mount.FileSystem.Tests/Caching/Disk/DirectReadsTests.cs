using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>What is read from a segment, and whether it is then in the kernel's page cache.</summary>
public sealed class DirectReadsTests
{
    private const int PageSize = 4096;

    private static readonly CacheKey _object = new(1, 2);

    [Test]
    public void Any_bytes_of_a_file_are_those_that_are_there([Values(0, 1, 4095, 4096, 100_000)] int more)
    {
        using var directory = new TempDirectory();
        byte[] all = Ramp.Create(CacheFormat.GranuleSize + more, 1);
        File.WriteAllBytes(directory["file"], all);
        using SafeFileHandle file = File.OpenHandle(directory["file"]);
        var reads = new DirectReads(file);
        var random = new Random(more);
        for (int i = 0; i < 200; i++)
        {
            int start = i == 0 ? 0 : random.Next(all.Length), first = Math.Min(104, all.Length - start);
            int second = random.Next(Math.Min(CacheFormat.GranuleSize - 104, all.Length - start - first) + 1);
            byte[] head = new byte[first], bytes = new byte[second];
            Assert.That(reads.TryFill(start, head, bytes), Is.True);
            Assert.That((byte[])[.. head, .. bytes], Is.EqualTo(all[start..(start + first + second)]).AsCollection, $"{first} and {second} from {start}");
        }
    }

    [Test]
    public void Where_there_is_less_or_nothing_can_be_read_so_it_says_so()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["file"], new byte[10_000]);
        using (SafeFileHandle file = File.OpenHandle(directory["file"]))
        {
            var reads = new DirectReads(file);
            Assert.That(reads.TryFill(0, new byte[5000], new byte[5001]), Is.False);
            Assert.That(reads.TryFill(12_288, new byte[1], []), Is.False);
            Assert.That(reads.TryFill(0, new byte[5000], new byte[5000]), Is.True);
        }
        // sysfs knows no O_DIRECT.
        using SafeFileHandle other = File.OpenHandle("/sys/kernel/uevent_seqnum");
        Assert.That(new DirectReads(other).TryFill(0, new byte[1], []), Is.False);
    }

    [Test]
    public void Whole_large_records_leave_nothing_in_the_page_cache_and_small_ones_and_pieces_do()
    {
        using var directory = new TempDirectory();
        if (new DriveInfo(directory.Path).DriveFormat == "tmpfs")
            Assert.Ignore("the temporary directory is on tmpfs, which is nothing but page cache");
        const int Large = 200_000, Count = 20;
        string path;
        using (CacheSegment written = SegmentFiles.Create(directory.Path, 4, 1))
        {
            for (int i = 0; i < Count; i++)
                written.Append(_object.Granule(i), 0, Ramp.Create(Large, i));
            SegmentFiles.Complete(written);
            path = written.Path;
        }
        using CacheSegment segment = SegmentFiles.TryOpen(path)!;
        int before = Resident(path);
        byte[] bytes = new byte[Large];
        for (int i = 0; i < Count; i++)
        {
            Assert.That(segment.TryRead(i, 0, bytes), Is.True);
            Assert.That(Ramp.FirstDifference(bytes, 0, i), Is.EqualTo(-1));
        }
        Assert.That(Resident(path), Is.EqualTo(before), "whole ones");
        Assert.That(segment.TryRead(7, 100_000, bytes.AsMemory(0, 100_000)), Is.True);
        Assert.That(Ramp.FirstDifference(bytes.AsSpan(0, 100_000), 100_000, 7), Is.EqualTo(-1));
        Assert.That(Resident(path), Is.GreaterThan(before), "a piece");
    }

    // Pages of a file in the page cache.
    private static int Resident(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        ulong length = (ulong)RandomAccess.GetLength(file);
        nint start = Syscall.mmap(0, length, MmapProts.PROT_READ, MmapFlags.MAP_SHARED, (int)file.DangerousGetHandle(), 0);
        Assert.That(start, Is.Not.EqualTo((nint)(-1)));
        try
        {
            byte[] pages = new byte[(length + PageSize - 1) / PageSize];
            Assert.That(Syscall.mincore(start, length, pages), Is.Zero);
            return pages.Count(page => (page & 1) == 1);
        }
        finally
        {
            _ = Syscall.munmap(start, length);
        }
    }
}
