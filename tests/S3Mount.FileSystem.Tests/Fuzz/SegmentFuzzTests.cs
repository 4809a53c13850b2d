using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Tests.Caching.Disk;
using S3Mount.Testing;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>Segments of the disk cache with changed bytes, and once more with checksums that fit: what is read from them lies where they say it does, or nothing is.</summary>
[Category("Fuzz")]
internal sealed class SegmentFuzzTests
{
    private static readonly byte[][] _words =
    [
        [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0, 0, 0x10, 0], [1, 0, 0x10, 0],
        [.. "s3mcache"u8, 1, 0, 0, 0], [.. "s3mindex"u8], [0x72, 0x65, 0x63, 0x31],
    ];

    private static readonly byte[] _read = new byte[CacheFormat.GranuleSize];

    [Test]
    public void What_is_read_from_a_segment_lies_where_it_says()
    {
        using var directory = new TempDirectory();
        string path = directory[$"{1:x16}{CacheFormat.SegmentSuffix}"];
        FuzzResult result = Run(directory, input =>
        {
            string outcome = Use(path, input);
            SealedSegment.Seal(input);
            return $"{outcome}, {Use(path, input)} when sealed";
        });
        Assert.That(result.Count("refused, refused when sealed"), Is.GreaterThan(result.Executions / 50));
        Assert.That(result.Outcomes.Where(outcome => outcome.Key.StartsWith("refused, read", StringComparison.Ordinal)).Sum(outcome => outcome.Value), Is.GreaterThan(result.Executions / 100));
        Assert.That(result.Outcomes.Keys, Has.Some.StartsWith("read"));
    }

    [Test]
    public void What_a_killed_writer_left_is_taken_over_or_removed()
    {
        using var directory = new TempDirectory();
        string path = directory[$"{2:x16}{CacheFormat.WritingSuffix}"];
        FuzzResult result = Run(directory, input =>
        {
            string outcome = TakeOver(path, input);
            SealedSegment.Seal(input);
            return $"{outcome}, {TakeOver(path, input)} when sealed";
        });
        Assert.That(result.Outcomes.Where(outcome => outcome.Key.Contains("taken over", StringComparison.Ordinal)).Sum(outcome => outcome.Value), Is.GreaterThan(result.Executions / 20));
        Assert.That(result.Outcomes.Where(outcome => outcome.Key.Contains("removed", StringComparison.Ordinal)).Sum(outcome => outcome.Value), Is.GreaterThan(result.Executions / 100));
    }

    private static FuzzResult Run(TempDirectory directory, Func<byte[], string> target)
    {
        byte[] whole;
        using (CacheSegment segment = SegmentFiles.Create(directory.Path, 3, 1))
        {
            segment.Append(new CacheKey(1, 2), 0, Ramp.Create(100));
            segment.Append(new CacheKey(3, 4), 4096, Ramp.Create(77, 2));
            segment.Append(new CacheKey(5, 6), 0, Ramp.Create(CacheFormat.PageSize + 5, 3));
            SegmentFiles.Complete(segment);
            whole = File.ReadAllBytes(segment.Path);
        }
        byte[] small;
        using (CacheSegment segment = SegmentFiles.Create(directory.Path, 4, 1))
        {
            segment.Append(new CacheKey(1, 2), 0, Ramp.Create(30));
            segment.Append(new CacheKey(1, 3), 16, Ramp.Create(9));
            SegmentFiles.Complete(segment);
            small = File.ReadAllBytes(segment.Path);
        }
        // The small one more often: of the large one most bytes are content.
        Corpus corpus = Corpus.Of("Segments", small, small, small, whole);
        return new FuzzRun { Corpus = corpus, Executions = 2000, Tokens = _words, MaxAllocated = 512 * 1024, MaxLength = 128 * 1024 }.Run(target);
    }

    private static string Use(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            using CacheSegment? segment = SegmentFiles.TryOpen(path);
            FuzzCheckException.Unless(SegmentFiles.CountRecords(path) >= (segment?.Count ?? 0), "another number of records");
            return segment is null ? "refused" : $"read {ReadAll(segment, bytes)} of {segment.Count}";
        }
        catch (NotSupportedException)
        {
            return "of another version";
        }
    }

    private static string TakeOver(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            using CacheSegment? segment = SegmentFiles.TryTakeOver(path);
            FuzzCheckException.Unless(segment is not null || !File.Exists(path) || bytes.Length < SegmentHeader.Size, "what is of no use is still there");
            if (segment is null)
                return "removed";
            FuzzCheckException.Unless(segment.Count > 0, "a segment without a record");
            ReadAll(segment, bytes);
            return "taken over";
        }
        catch (NotSupportedException)
        {
            return "of another version";
        }
    }

    // How many records can be read whole. A part of one can be where the whole cannot; either has the bytes of the file, and no others.
    private static int ReadAll(CacheSegment segment, byte[] bytes)
    {
        int whole = 0;
        for (int i = 0; i < segment.Count; i++)
        {
            SegmentEntry entry = segment[i];
            FuzzCheckException.Unless(entry.Start >= 0 && entry.Length > 0 && entry.End <= CacheFormat.GranuleSize, "a record that no granule has");
            whole += Reads(0, entry.Length) ? 1 : 0;
            Reads(entry.Length - 1, 1);
            Reads(entry.Length / 2, (entry.Length + 1) / 2);

            bool Reads(int from, int length)
            {
                if (!segment.TryRead(i, entry.Start + from, _read.AsMemory(0, length)))
                    return false;
                int at = (int)entry.Position + RecordHeader.Size + from;
                FuzzCheckException.Unless(at + length <= bytes.Length && _read.AsSpan(0, length).SequenceEqual(bytes.AsSpan(at, length)), "bytes that are not the record's");
                return true;
            }
        }
        return whole;
    }
}
