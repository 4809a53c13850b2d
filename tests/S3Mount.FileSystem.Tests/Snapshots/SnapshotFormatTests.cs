using System.Buffers.Binary;
using System.Text;
using S3Mount.FileSystem.Snapshots;
using S3Mount.FileSystem.Tests.SavedListings;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Snapshots;

/// <summary>The bytes of format 1. Files of this format are read for ever: what changes here is another format.</summary>
public sealed class SnapshotFormatTests
{
    [Test]
    public async Task A_small_snapshot_has_exactly_these_bytes()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a", 7, "00112233445566778899aabbccddeeff");
        rig.Put("d/x", 300, "0123456789abcdef0123456789abcdef-2", 1_700_000_001, "GLACIER");
        rig.Put("d/yz", 1, "tag");
        rig.Put("e/", 0);
        await rig.CreateAsync();
        byte[] expected = Expected(Convert.FromHexString(SnapshotFile.Open(rig.FilePath).Summary.Digest[7..]));
        Assert.That(Convert.ToHexString(await File.ReadAllBytesAsync(rig.FilePath)), Is.EqualTo(Convert.ToHexString(expected)));
    }

    [Test]
    public async Task A_file_of_saved_listings_has_exactly_these_bytes()
    {
        await using var saved = new SavedRig();
        var stored = new Testing.Objects.StoredObject { Key = new ObjectKey("d/x"), Content = new Testing.Objects.RampContent(0, 300), LastModified = DateTimeOffset.FromUnixTimeSeconds(1_700_000_001), StorageClass = "GLACIER" };
        saved.Store.Put(stored with { ETag = "0123456789abcdef0123456789abcdef-2" });
        saved.Store.Put("d/e/y", "never listed");
        await saved.LearnAsync("d");
        byte[] listings =
        [
            // e, number 2, has no bytes; d, number 1: a directory and a file
            .. Long(0), .. Long(0), .. Long(2), .. Long(0), .. Int(0), .. Int(0x00ffffff),
            .. Long(0x0123456789abcdef), .. Long(0x0123456789abcdef), .. Long(300), .. Long(1_700_000_001), .. Int(1), .. Int(0x00000004),
            .. "ex\0\0\0\0\0\0"u8,
            // the prefix, number 0: what leads to d
            .. Long(0), .. Long(0), .. Long(1), .. Long(0), .. Int(0), .. Int(0x00ffffff),
            .. "d\0\0\0\0\0\0\0"u8,
        ];
        byte[] directories =
        [
            // the highest bit of the entries: not listed
            .. Long(88), .. Int(0x80000001), .. Int(1), .. Int(0), .. Int(0),
            .. Long(0), .. Int(2), .. Int(2), .. Int(0), .. Int(0),
            .. Long(0), .. Int(0x80000000), .. Int(0), .. Int(1), .. Int(0),
        ];
        byte[] strings = [.. "GLACIERbuckethttp://10.0.0.5:9000"u8, .. new byte[7]];
        byte[] summary =
        [
            .. Long(new FakeTimeProvider().GetUtcNow().ToUnixTimeSeconds()), .. Long(1), .. Long(2), .. Long(300), .. Long(0), .. Long(0),
            .. new byte[32],
            .. Int(7), .. Int(6), .. Int(13), .. Int(0), .. Int(13), .. Int(20), .. Int(33), .. Int(0),
            .. Long(1), .. Int(0), .. Int(7),
        ];
        byte[][] sections = [listings, directories, strings, summary];
        byte[] expected = [.. Header(sections, Reference.Crc32C(Header(sections, 0, kind: 1)), kind: 1), .. listings, .. directories, .. strings, .. summary];
        Assert.That(Convert.ToHexString(await File.ReadAllBytesAsync(saved.FilePath)), Is.EqualTo(Convert.ToHexString(expected)));
    }

    private static byte[] Expected(byte[] digest)
    {
        byte[] listings =
        [
            // d, number 1: two entries of 40 bytes, then the names
            .. Long(0x0123456789abcdef), .. Long(0x0123456789abcdef), .. Long(300), .. Long(1_700_000_001), .. Int(0), .. Int(0x01000004),
            // the tag as text, in quotes: offset and length in the strings
            .. Long(15), .. Long(5), .. Long(1), .. Long(1_700_000_000), .. Int(1), .. Int(0x00fffffe),
            .. "xyz\0\0\0\0\0"u8,
            // e, number 2, has no bytes at all; then the prefix, number 0: a file and two directories
            .. Long(0x0011223344556677), .. Long(unchecked((long)0x8899aabbccddeeff)), .. Long(7), .. Long(1_700_000_000), .. Int(0), .. Int(0x00000001),
            .. Long(0), .. Long(0), .. Long(1), .. Long(0), .. Int(1), .. Int(0x00ffffff),
            .. Long(0), .. Long(0), .. Long(2), .. Long(0), .. Int(2), .. Int(0x00ffffff),
            .. "ade\0\0\0\0\0"u8,
        ];
        byte[] directories =
        [
            // offset of the block, entries, bytes of names, parent, position there
            .. Long(88), .. Int(3), .. Int(3), .. Int(0), .. Int(0),
            .. Long(0), .. Int(2), .. Int(3), .. Int(0), .. Int(1),
            .. Long(88), .. Int(0), .. Int(0), .. Int(0), .. Int(2),
        ];
        byte[] strings = [.. "STANDARDGLACIER\"tag\"bucketp/http://10.0.0.5:9000eu-west-1"u8, .. new byte[7]];
        byte[] summary =
        [
            // made at, files, directories, bytes, hidden keys, shadowed keys
            .. Long(1_800_000_000), .. Long(3), .. Long(2), .. Long(308), .. Long(0), .. Long(0),
            .. digest,
            // bucket, prefix, endpoint, region
            .. Int(20), .. Int(6), .. Int(26), .. Int(2), .. Int(28), .. Int(20), .. Int(48), .. Int(9),
            // storage classes
            .. Long(2), .. Int(0), .. Int(8), .. Int(8), .. Int(7),
        ];
        byte[][] sections = [listings, directories, strings, summary];
        return [.. Header(sections, Reference.Crc32C(Header(sections, 0))), .. listings, .. directories, .. strings, .. summary];
    }

    private static byte[] Header(byte[][] sections, uint checksum, byte kind = 0)
    {
        var table = new List<byte>();
        int offset = 128;
        for (int i = 0; i < sections.Length; i++)
        {
            table.AddRange([.. Int((uint)i + 1), .. Int(Reference.Crc32C(sections[i])), .. Long(offset), .. Long(sections[i].Length)]);
            offset += sections[i].Length;
        }
        // magic, format, length of the header, length of the file, sections, kind, checksum
        return [0x89, .. Encoding.ASCII.GetBytes("s3snap\n"), .. Int(1), .. Int(128), .. Long(offset), 4, 0, kind, 0, .. Int(checksum), .. table];
    }

    private static byte[] Int(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Long(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
