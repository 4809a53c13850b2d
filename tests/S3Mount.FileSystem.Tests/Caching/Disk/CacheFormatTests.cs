using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>The bytes of the files, written out by hand: another version of the program finds the same.</summary>
public sealed class CacheFormatTests
{
    private static readonly CacheKey _first = new(0x0102030405060708, 0x1112131415161718);
    private static readonly CacheKey _second = new(0x2122232425262728, 0x3132333435363738);

    [Test]
    public void A_key_is_the_SHA_256_of_store_tag_size_and_key()
    {
        var key = CacheKey.Of("AWS bucket", new ObjectKey("dir/key"), new ObjectVersion(ETag.Parse("abc"), 7, 1));
        // printf 'AWS bucket\\000abc\\0007\\000dir/key' | sha256sum: 76d2e8ec71b02162 91864448d1a474db...
        Assert.That(key, Is.EqualTo(new CacheKey(0x6221b071ece8d276, 0xdb74a4d148448691)));
        Assert.That(key.Granule(0), Is.EqualTo(key));
        // The finalizer of MurmurHash3 of 1.
        Assert.That(key.Granule(1), Is.EqualTo(new CacheKey(key.High, key.Low ^ 0xb456bcfc34c2cb2c)));
        Assert.That(Enumerable.Range(0, 10_000).Select(i => key.Granule(i)).Distinct().Count(), Is.EqualTo(10_000));
    }

    [Test]
    public void Whatever_makes_another_version_makes_another_key()
    {
        CacheKey Of(string store, string key, string tag, long size, long modified = 1) => CacheKey.Of(store, new ObjectKey(key), new ObjectVersion(ETag.Parse(tag), size, modified));
        CacheKey one = Of("AWS bucket", "key", "tag", 10);
        CacheKey[] others = [Of("AWS other", "key", "tag", 10), Of("http://store bucket", "key", "tag", 10), Of("AWS bucket", "keys", "tag", 10), Of("AWS bucket", "key", "tags", 10), Of("AWS bucket", "key", "tag", 11), Of("AWS bucket", "0key", "tag", 1)];
        Assert.That(others, Has.None.EqualTo(one).And.Unique);
        Assert.That(Of("AWS bucket", "key", "tag", 10, modified: 2), Is.EqualTo(one));
    }

    [Test]
    public void A_segment_is_header_records_index_and_trailer()
    {
        using var directory = new TempDirectory();
        byte[] small = Ramp.Create(13), large = Ramp.Create(CacheFormat.PageSize + 5, seed: 9);
        string path;
        using (CacheSegment segment = SegmentFiles.Create(directory.Path, 1, 1))
        {
            Assert.That(segment.Path, Does.Match("/[0-9a-f]{16}\\.writing$"));
            segment.Append(_first, 0, small);
            segment.Append(_second, 4096, large);
            SegmentFiles.Complete(segment);
            path = segment.Path;
        }
        Assert.That(path, Does.Match("/[0-9a-f]{16}\\.segment$"));
        var expected = new List<byte>();
        expected.AddRange("s3mcache"u8);
        Add32(expected, 1);
        expected.AddRange(new byte[52]);
        uint firstSum = AddRecord(expected, _first, 0, small);
        int second = expected.Count;
        uint secondSum = AddRecord(expected, _second, 4096, large);
        int end = expected.Count;
        AddEntry(expected, _first, 64 / 8, 13, 0, firstSum);
        AddEntry(expected, _second, second / 8, large.Length, 4096, secondSum);
        uint indexSum = Checksum([.. expected.Skip(end)]);
        int trailer = expected.Count;
        expected.AddRange("s3mindex"u8);
        Add32(expected, 2);
        Add32(expected, indexSum);
        Add64(expected, (ulong)end);
        Add32(expected, 1);
        Add32(expected, Checksum([.. expected.Skip(trailer)]));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(expected));
    }

    [Test]
    public void Every_byte_of_header_index_and_trailer_is_checked_when_a_segment_is_opened()
    {
        using var directory = new TempDirectory();
        string path;
        long end;
        using (CacheSegment segment = SegmentFiles.Create(directory.Path, 2, 1))
        {
            segment.Append(_first, 0, Ramp.Create(100));
            segment.Append(_second, 0, Ramp.Create(77));
            end = segment.End;
            SegmentFiles.Complete(segment);
            path = segment.Path;
        }
        byte[] whole = File.ReadAllBytes(path);
        int[] reserved = [.. Enumerable.Range(12, SegmentHeader.Size - 12)];
        foreach (int i in Enumerable.Range(0, SegmentHeader.Size).Except(reserved).Concat(Enumerable.Range((int)end, whole.Length - (int)end)))
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x40;
            File.WriteAllBytes(path, damaged);
            // Of another version: that is for whoever can read it.
            if (i is >= 8 and < 12)
                Assert.That(() => SegmentFiles.TryOpen(path), Throws.InstanceOf<NotSupportedException>());
            else
                Assert.That(SegmentFiles.TryOpen(path), Is.Null, $"byte {i}");
        }
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.That(SegmentFiles.TryOpen(path), Is.Null, $"{length} bytes");
        }
    }

    [Test]
    public void Every_byte_of_a_record_is_checked_when_it_is_read()
    {
        using var directory = new TempDirectory();
        byte[] bytes = Ramp.Create(3 * CacheFormat.PageSize + 17);
        using CacheSegment segment = SegmentFiles.Create(directory.Path, 3, 1);
        int entry = segment.Append(_first, 0, bytes);
        using FileStream file = new(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var random = new Random(1);
        int[] positions = [.. Enumerable.Range(0, RecordHeader.Size - 4), .. Enumerable.Range(0, 200).Select(_ => RecordHeader.Size + random.Next(bytes.Length))];
        foreach (int at in positions)
        {
            Flip(file, SegmentHeader.Size + at);
            byte[] read = new byte[bytes.Length];
            Assert.That(segment.TryRead(entry, 0, read), Is.False, $"byte {at}");
            int page = (at - RecordHeader.Size) / CacheFormat.PageSize;
            int other = page == 2 ? 1 : 2;
            bool isOther = segment.TryRead(entry, (other * CacheFormat.PageSize) + 5, read.AsMemory(0, 1000));
            Assert.That(isOther, Is.EqualTo(at >= RecordHeader.Size), $"another page than that of byte {at}");
            Flip(file, SegmentHeader.Size + at);
            Assert.That(segment.TryRead(entry, 0, read), Is.True);
            Assert.That(read.AsSpan().SequenceEqual(bytes), Is.True);
        }
    }

    [Test]
    public void Records_of_all_sizes_can_be_read_as_soon_as_they_are_written_and_for_good()
    {
        using var directory = new TempDirectory();
        var random = new Random(5);
        using CacheSegment segment = SegmentFiles.Create(directory.Path, 4, 1);
        int[] lengths = [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? CacheFormat.GranuleSize : random.Next(1, i % 3 == 1 ? 5000 : CacheFormat.GranuleSize))];
        for (int i = 0; i < lengths.Length; i++)
        {
            Assert.That(segment.Append(_first.Granule(i), 0, Ramp.Create(lengths[i], i)), Is.EqualTo(i));
            AssertReads(segment, i, lengths[i]);
            AssertReads(segment, random.Next(i + 1), lengths);
        }
        SegmentFiles.Complete(segment);
        using CacheSegment? opened = SegmentFiles.TryOpen(segment.Path);
        for (int i = 0; i < lengths.Length; i++)
            AssertReads(opened!, i, lengths);
        Assert.That(new FileInfo(segment.Path).Length, Is.EqualTo(segment.SizeOnDisk));
    }

    [Test]
    public void Records_that_are_written_together_are_what_they_are_when_written_alone_and_those_that_were_dropped_are_not_there()
    {
        using var directory = new TempDirectory();
        var random = new Random(11);
        using CacheSegment together = SegmentFiles.Create(directory.Path, 5, 1), alone = SegmentFiles.Create(directory.Path, 6, 1);
        var lengths = new List<int>();
        for (int i = 0; i < 300; i++)
        {
            int length = random.Next(1, random.Next(4) switch { 0 => 100, 1 => 30_000, 2 => 200_000, _ => CacheFormat.GranuleSize + 1 });
            bool isDropped = random.Next(10) == 0;
            if (isDropped || !together.CanStage(length) || random.Next(5) == 0)
                together.Flush();
            together.Stage(_first.Granule(i), 0, Ramp.Create(length, lengths.Count));
            Assert.That((together.HasStaged(_first.Granule(i)), together.HasStaged(_second)), Is.EqualTo((true, false)));
            if (isDropped)
            {
                together.DropStaged();
                continue;
            }
            alone.Append(_first.Granule(i), 0, Ramp.Create(length, lengths.Count));
            lengths.Add(length);
        }
        together.Flush();
        for (int i = 0; i < lengths.Count; i++)
            AssertReads(together, i, lengths[i]);
        SegmentFiles.Complete(together);
        SegmentFiles.Complete(alone);
        Assert.That(File.ReadAllBytes(together.Path).AsSpan().SequenceEqual(File.ReadAllBytes(alone.Path)), Is.True);
    }

    [Test]
    public void Where_nothing_can_be_written_past_the_page_cache_it_is_written_through_it()
    {
        using var directory = new TempDirectory();
        string path = directory["file"];
        byte[] before = Ramp.Create(5000, 1), first = Ramp.Create(100_000, 2), second = Ramp.Create(70_000, 3);
        File.WriteAllBytes(path, before);
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        using (var stage = new SegmentStage(directory["missing"], file, before.Length))
        {
            stage.Add(first.AsSpan(0, 104), first.AsSpan(104), 100_008);
            stage.Flush();
            stage.Add(second.AsSpan(0, 104), second.AsSpan(104), 70_000);
            stage.Flush();
        }
        Assert.That(File.ReadAllBytes(path).AsSpan().SequenceEqual((byte[])[.. before, .. first, .. new byte[8], .. second]), Is.True);
    }

    [Test]
    public void A_segment_that_was_not_completed_is_taken_over_up_to_where_it_is_whole_once_its_writer_is_gone()
    {
        using var directory = new TempDirectory();
        CacheSegment segment = SegmentFiles.Create(directory.Path, 4, 1);
        for (int i = 0; i < 10; i++)
            segment.Append(_first.Granule(i), 0, Ramp.Create(1000, i));
        Assert.That(SegmentFiles.TryTakeOver(segment.Path), Is.Null, "it is being written");
        segment.Dispose();
        using (FileStream file = File.OpenWrite(segment.Path))
            file.SetLength(segment.End - 10);
        using CacheSegment? taken = SegmentFiles.TryTakeOver(segment.Path);
        Assert.That((taken?.Count, File.Exists(segment.Path)), Is.EqualTo(((int?)9, false)));
        byte[] bytes = new byte[1000];
        for (int i = 0; i < 9; i++)
        {
            Assert.That(taken!.TryRead(i, 0, bytes), Is.True);
            Assert.That(Ramp.FirstDifference(bytes, 0, i), Is.EqualTo(-1));
        }
        using CacheSegment? again = SegmentFiles.TryOpen(taken!.Path);
        Assert.That(again?.Count, Is.EqualTo(9), "others can open it beside");
    }

    private static void Flip(FileStream file, long position)
    {
        file.Position = position;
        int value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 1));
        file.Flush();
    }

    private static uint AddRecord(List<byte> bytes, CacheKey granule, uint start, byte[] content)
    {
        int begin = bytes.Count;
        bytes.AddRange("rec1"u8);
        Add32(bytes, (uint)content.Length);
        Add64(bytes, granule.High);
        Add64(bytes, granule.Low);
        Add32(bytes, start);
        Add32(bytes, 0);
        byte[][] pages = [.. content.Chunk(65536)];
        for (int page = 0; page < 16; page++)
            Add32(bytes, page < pages.Length ? Checksum(pages[page]) : 0);
        uint sum = Checksum([.. bytes.Skip(begin)]);
        Add32(bytes, sum);
        Add32(bytes, 0);
        bytes.AddRange(content);
        while (bytes.Count % 8 != 0)
            bytes.Add(0);
        return sum;
    }

    private static void AddEntry(List<byte> bytes, CacheKey granule, int position, int length, uint start, uint sum)
    {
        Add64(bytes, granule.High);
        Add64(bytes, granule.Low);
        Add32(bytes, (uint)position);
        Add32(bytes, (uint)length);
        Add32(bytes, start);
        Add32(bytes, sum);
    }

    private static void Add32(List<byte> bytes, uint value)
    {
        byte[] four = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }

    private static void Add64(List<byte> bytes, ulong value)
    {
        byte[] eight = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, value);
        bytes.AddRange(eight);
    }

    // CRC-32C bit by bit, as in the standard.
    private static void AssertReads(CacheSegment segment, int entry, params int[] lengths)
    {
        byte[] bytes = new byte[lengths.Length == 1 ? lengths[0] : lengths[entry]];
        Assert.That(segment.TryRead(entry, 0, bytes), Is.True, $"record {entry}");
        Assert.That(Ramp.FirstDifference(bytes, 0, entry), Is.EqualTo(-1), $"record {entry}");
    }

    private static uint Checksum(byte[] bytes)
    {
        uint register = uint.MaxValue;
        foreach (byte value in bytes)
        {
            register ^= value;
            for (int bit = 0; bit < 8; bit++)
                register = (register >> 1) ^ ((register & 1) * 0x82f63b78);
        }
        return ~register;
    }
}
