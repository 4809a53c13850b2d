using System.Runtime.InteropServices;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Testing.Processes;

namespace S3Mount.FileSystem.Tests.Snapshots;

public sealed class SnapshotRefusalTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task Every_flipped_byte_is_found(CancellationToken cancellationToken)
    {
        await using SnapshotRig rig = Small();
        await rig.CreateAsync(cancellationToken);
        byte[] bytes = await File.ReadAllBytesAsync(rig.FilePath, cancellationToken);
        foreach (byte flip in (byte[])[0x01, 0x80, 0xff])
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                byte[] flipped = [.. bytes];
                flipped[i] ^= flip;
                SnapshotFailure expected = i < 8 ? SnapshotFailure.NotASnapshot : i < 12 ? SnapshotFailure.OtherFormat : SnapshotFailure.Damaged;
                Assert.That(rig.Refusal(flipped).Failure, Is.EqualTo(expected), $"byte {i}");
            }
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Every_end_but_the_right_one_is_found(CancellationToken cancellationToken)
    {
        await using SnapshotRig rig = Small();
        await rig.CreateAsync(cancellationToken);
        byte[] bytes = await File.ReadAllBytesAsync(rig.FilePath, cancellationToken);
        for (int length = 1; length < bytes.Length; length++)
            Assert.That(rig.Refusal(bytes[..length]).Failure, Is.EqualTo(SnapshotFailure.CutShort), $"{length} bytes");
        Assert.That(rig.Refusal([]).Failure, Is.EqualTo(SnapshotFailure.NotASnapshot));
        Assert.That(rig.Refusal([.. bytes, 0]).Failure, Is.EqualTo(SnapshotFailure.Damaged));
    }

    [Test]
    public async Task Each_refusal_says_what_to_do()
    {
        await using SnapshotRig rig = Small();
        await rig.CreateAsync();
        byte[] bytes = await File.ReadAllBytesAsync(rig.FilePath);
        string path = rig["refused.snap"];
        byte[] other = [.. bytes];
        other[8] = 2;
        byte[] flipped = [.. bytes];
        flipped[130] ^= 1;
        Assert.That(rig.Refusal("PK and so on"u8.ToArray()).Message, Is.EqualTo($"{path} is not a snapshot; make one with: s3mount snapshot create BUCKET/PREFIX FILE"));
        Assert.That(rig.Refusal(other).Message, Is.EqualTo($"{path} is a snapshot in format 2, this s3mount reads format 1; make it anew with: s3mount snapshot create"));
        Assert.That(rig.Refusal(bytes[..200]).Message, Is.EqualTo($"{path} is cut short: it has 200 bytes of at least {bytes.Length}; copy it again, or make it anew with: s3mount snapshot create"));
        Assert.That(rig.Refusal(flipped).Message, Is.EqualTo($"{path} is damaged: the listings do not have their checksum; copy it again, or make it anew with: s3mount snapshot create"));
        Assert.That(Assert.Throws<SnapshotException>(() => SnapshotFile.Open("/nowhere/x"))!.Message, Is.EqualTo("/nowhere/x cannot be read: no such file or directory"));
        Assert.That(Assert.Throws<SnapshotException>(() => SnapshotFile.Open("/tmp"))!.Message, Is.EqualTo("/tmp is not a snapshot: it is not a regular file"));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_pipe_is_not_waited_for(CancellationToken cancellationToken)
    {
        await using var rig = new SnapshotRig();
        (await ChildProcess.RunAsync("mkfifo", [rig["pipe"]], cancellationToken: cancellationToken)).EnsureSuccess();
        Assert.That(Assert.Throws<SnapshotException>(() => SnapshotFile.Open(rig["pipe"]))!.Failure, Is.EqualTo(SnapshotFailure.NotASnapshot));
    }

    [TestCase("other", "p/", "http://10.0.0.5:9000")]
    [TestCase("bucket", "p/q/", "http://10.0.0.5:9000")]
    [TestCase("bucket", "", "http://10.0.0.5:9000")]
    [TestCase("bucket", "p/", "http://10.0.0.6:9000")]
    [TestCase("bucket", "p/", null)]
    public async Task A_snapshot_of_something_else_is_refused(string bucket, string prefix, string? endpoint)
    {
        await using SnapshotRig rig = Small();
        SnapshotFile file = await rig.CreateAndOpenAsync();
        var mounted = new SnapshotOrigin { Bucket = bucket, Prefix = prefix, EndpointUrl = endpoint };
        SnapshotException refusal = Assert.Throws<SnapshotException>(() => file.ThrowIfNotOf(mounted))!;
        Assert.That(refusal.Failure, Is.EqualTo(SnapshotFailure.OtherDataset));
        Assert.That(
            refusal.Message,
            Is.EqualTo($"{rig.FilePath} is a snapshot of s3://bucket/p/ at http://10.0.0.5:9000, not of s3://{bucket}/{prefix} at {endpoint ?? "AWS"}; mount that, or make one of this with: s3mount snapshot create s3://{bucket}/{prefix} FILE"));
    }

    [Test]
    public async Task A_snapshot_of_the_same_is_taken_whatever_the_region_was_said_to_be()
    {
        await using SnapshotRig rig = Small();
        SnapshotFile file = await rig.CreateAndOpenAsync();
        Assert.That(() => file.ThrowIfNotOf(rig.Origin with { Region = "us-east-1", EndpointUrl = "HTTP://10.0.0.5:9000" }), Throws.Nothing);
    }

    [Test]
    public async Task A_bucket_of_the_same_name_in_another_partition_of_AWS_is_something_else()
    {
        await using var rig = new SnapshotRig { Origin = new SnapshotOrigin { Bucket = "bucket", Region = "eu-west-1" } };
        rig.Store.Put("a", "content");
        SnapshotFile file = await rig.CreateAndOpenAsync();
        Assert.That(() => file.ThrowIfNotOf(rig.Origin with { Region = "us-east-1" }), Throws.Nothing);
        Assert.That(() => file.ThrowIfNotOf(rig.Origin with { Region = "" }), Throws.Nothing, "not known");
        SnapshotException refusal = Assert.Throws<SnapshotException>(() => file.ThrowIfNotOf(rig.Origin with { Region = "cn-north-1" }))!;
        Assert.That(refusal.Message, Does.Contain(" is a snapshot of s3://bucket/ at AWS, not of s3://bucket/ at AWS aws-cn; "));
    }

    // What has right checksums and yet contradicts itself.
    [TestCase(36, 0x02000004u, "an entry points outside", Description = "a storage class that there is not")]
    [TestCase(32, 1u, "an entry points outside", Description = "a name that does not begin where the one before ends")]
    [TestCase(72, 4u, "an entry points outside", Description = "a name that ends behind all names")]
    [TestCase(40, 400u, "an entry points outside", Description = "a tag outside the strings")]
    [TestCase(28, 0x7fffffffu, "an entry points outside", Description = "a time that no date can be")]
    [TestCase(80, 0x00007978u, "a name is none that a path can have", Description = "a name with a NUL in it")]
    [TestCase(80, 0x007a2f78u, "a name is none that a path can have", Description = "a name with a slash in it")]
    [TestCase(80, 0x007ac378u, "a name is none that a path can have", Description = "a name that is not UTF-8")]
    [TestCase(80, 0x007a792eu, "a name is none that a path can have", Description = "a dot")]
    [TestCase(80, 0x002e2e78u, "a name is none that a path can have", Description = "two dots")]
    [TestCase(80, 0x007aa9c3u, "a name is none that a path can have", Description = "a name that ends within a character, and one that begins there")]
    [TestCase(80, 0x007a7978u, null, Description = "nothing changed")]
    [TestCase(80, 0x007a717au, "names are out of order", Description = "names out of order")]
    [TestCase(16, 301u, "its summary does not fit its listings", Description = "another size")]
    [TestCase(144, 2u, "its directories do not make a tree", Description = "a directory that is another's")]
    [TestCase(144, 0u, "its directories do not make a tree", Description = "a directory that contains itself")]
    public async Task What_contradicts_itself_is_refused(int offset, uint value, string? expected)
    {
        await using SnapshotRig rig = Small();
        await rig.CreateAsync();
        byte[] bytes = await File.ReadAllBytesAsync(rig.FilePath);
        BitConverter.TryWriteBytes(bytes.AsSpan(128 + offset), value);
        Seal(bytes);
        if (expected is not null)
            Assert.That(rig.Refusal(bytes).Message, Does.Contain($"is damaged: {expected};"));
        else
            Assert.That(bytes, Is.EqualTo(await File.ReadAllBytesAsync(rig.FilePath)));
    }

    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    public async Task A_snapshot_that_was_made_at_no_time_is_refused(long madeAt)
    {
        await using SnapshotRig rig = Small();
        await rig.CreateAsync();
        byte[] bytes = await File.ReadAllBytesAsync(rig.FilePath);
        BitConverter.TryWriteBytes(bytes.AsSpan((int)MemoryMarshal.Read<long>(bytes.AsSpan(32 + (3 * 24) + 8))), madeAt);
        Seal(bytes);
        Assert.That(rig.Refusal(bytes).Message, Does.Contain("is damaged: it was made at no time;"));
    }

    // The file of SnapshotFormatTests, where its bytes are listed.
    private static SnapshotRig Small()
    {
        var rig = new SnapshotRig();
        rig.Put("a", 7, "00112233445566778899aabbccddeeff");
        rig.Put("d/x", 300, "0123456789abcdef0123456789abcdef-2", 1_700_000_001, "GLACIER");
        rig.Put("d/yz", 1, "tag");
        rig.Put("e/", 0);
        return rig;
    }

    private static void Seal(byte[] bytes)
    {
        for (int section = 0; section < 4; section++)
        {
            Span<byte> record = bytes.AsSpan(32 + (section * 24), 24);
            int start = (int)MemoryMarshal.Read<long>(record[8..]);
            BitConverter.TryWriteBytes(record[4..], Reference.Crc32C(bytes.AsSpan(start, (int)MemoryMarshal.Read<long>(record[16..]))));
        }
        bytes.AsSpan(28, 4).Clear();
        BitConverter.TryWriteBytes(bytes.AsSpan(28), Reference.Crc32C(bytes.AsSpan(0, 128)));
    }
}
