using Microsoft.Win32.SafeHandles;
using S3Mount.Hosting.Handover;
using S3Mount.Interop;

namespace S3Mount.Tests.Hosting.Handover;

[TestFixture]
public sealed class HandoverFileTests
{
    private static readonly HandoverHead _head = new(
        new MountIdentity("/mnt/ä b", "s3://bucket/prefix/", null, null, true, false, true, uint.MaxValue, 100, 0x124, 0x16d, Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(5)),
        "http://10.0.0.5:9000", "0:47", 45, ulong.MaxValue, 256);

    [Test]
    public void The_next_process_reads_what_was_written()
    {
        using HandoverFile file = HandoverFile.Create();
        Assert.That((file.ReadHead(), file.OpenInodes(), file.Reserved), Is.EqualTo(((HandoverHead?)null, (Stream?)null, 0)));
        file.WriteHead(_head);
        file.Reserve(70_000);
        file.Reserve(60_000);
        byte[] inodes = new byte[3_000_000];
        new Random(1).NextBytes(inodes);
        file.WriteInodes(stream => stream.Write(inodes));

        using HandoverFile next = Next(file);
        Assert.That((next.ReadHead(), next.Reserved), Is.EqualTo((_head, 70_000)));
        Assert.That(Read(next), Is.EqualTo(inodes));
        Assert.That(Read(next), Is.EqualTo(inodes), "until they are forgotten");
        next.ForgetInodes();
        using HandoverFile third = Next(next);
        Assert.That((third.ReadHead(), third.Reserved, third.OpenInodes()), Is.EqualTo((_head, 70_000, (Stream?)null)));
        third.WriteInodes(stream => stream.Write([1, 2, 3]));
        Assert.That(Read(third), Is.EqualTo(new byte[] { 1, 2, 3 }), "less than the ones before");
    }

    [Test]
    public void Inodes_that_were_not_written_to_their_end_are_none()
    {
        using HandoverFile file = HandoverFile.Create();
        file.WriteHead(_head);
        Assert.That(() => file.WriteInodes(stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("no memory");
        }), Throws.InstanceOf<IOException>());
        Assert.That(file.OpenInodes(), Is.Null);
        Assert.That(file.ReadHead(), Is.EqualTo(_head));
    }

    [Test]
    public void Each_changed_byte_of_the_inodes_is_noticed()
    {
        using HandoverFile file = HandoverFile.Create();
        file.WriteInodes(stream => stream.Write("what the kernel holds"u8));
        for (int i = 0; i < 21; i++)
        {
            Flip(file, (64 << 10) + i);
            Assert.That(file.OpenInodes, Throws.InstanceOf<InvalidDataException>());
            Flip(file, (64 << 10) + i);
        }
        Assert.That(Read(file), Is.EqualTo("what the kernel holds"u8.ToArray()));
    }

    [Test]
    public void Another_file_or_version_has_no_head_and_a_damaged_one_says_so([Range(0, 7)] int at)
    {
        using HandoverFile file = HandoverFile.Create();
        file.WriteHead(_head);
        Flip(file, at);
        Assert.That(file.ReadHead(), Is.Null);
        Flip(file, at);
        Flip(file, 28);
        Assert.That(file.ReadHead, Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void An_empty_file_has_no_head()
    {
        int descriptor = LibC.MemoryFile("test", LibC.MFD_CLOEXEC);
        using HandoverFile file = HandoverFile.Open(descriptor);
        Assert.That(file.ReadHead(), Is.Null);
    }

    private static byte[] Read(HandoverFile file)
    {
        using var copy = new MemoryStream();
        file.OpenInodes()!.CopyTo(copy);
        return copy.ToArray();
    }

    // As systemd has it: a copy of the descriptor (F_DUPFD_CLOEXEC).
    private static HandoverFile Next(HandoverFile file) => HandoverFile.Open(LibC.Fcntl(file.Descriptor, 1030, 0));

    private static void Flip(HandoverFile file, long at)
    {
        using var handle = new SafeFileHandle(file.Descriptor, ownsHandle: false);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(handle, one, at);
        one[0] ^= 0x10;
        RandomAccess.Write(handle, one, at);
    }
}
