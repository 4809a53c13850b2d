using S3Mount.ObjectStore.Tests.S3;

namespace S3Mount.ObjectStore.Tests;

internal sealed class Crc32CTests
{
    // RFC 3720, appendix B.4.
    [Test]
    public void Published_checksums_come_out()
    {
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.That(Crc32C.Append(0, "123456789"u8), Is.EqualTo(0xe3069283));
        Assert.That(Crc32C.Append(0, new byte[32]), Is.EqualTo(0x8a9136aa));
        Assert.That(Crc32C.Append(0, [.. Enumerable.Repeat((byte)0xff, 32)]), Is.EqualTo(0x62a8ab43));
        Assert.That(Crc32C.Append(0, ascending), Is.EqualTo(0x46dd794e));
        Assert.That(Crc32C.Append(0, []), Is.Zero);
    }

    [TestCase(7)]
    [TestCase((3 * 8192) - 1)]
    [TestCase(3 * 8192)]
    [TestCase((3 * 8192) + 9)]
    [TestCase(200_003)]
    public void Lanes_give_what_single_bits_give(int length)
    {
        byte[] bytes = new byte[length + 3];
        new Random(length).NextBytes(bytes);
        // Also from an address that is not a multiple of eight.
        Assert.That(Crc32C.Append(0, bytes.AsSpan(3)), Is.EqualTo(BitByBit(bytes.AsSpan(3))));
        Assert.That(Crc32C.Append(Crc32C.Append(0, bytes.AsSpan(0, length / 3)), bytes.AsSpan(length / 3)), Is.EqualTo(BitByBit(bytes)));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes) => (uint)FoldedCrcTests.BitByBit(bytes, 0x82F63B78, 32);
}
