using System.Text;
using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

internal sealed class FoldedCrcTests
{
    // The check values of the catalogue of parametrised CRC algorithms.
    [TestCase("Crc32", "123456789", 0xCBF43926ul)]
    [TestCase("Crc64Nvme", "123456789", 0xAE8B14860A799888ul)]
    [TestCase("Crc32", "", 0ul)]
    [TestCase("Crc64Nvme", "", 0ul)]
    public void Texts_have_the_published_values(string name, string text, ulong expected)
    {
        Assert.That(Of(name).Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));
        Assert.That(Of(name).ComputeByTables(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));
    }

    [Test]
    public void Blocks_have_the_published_values()
    {
        // NVM Command Set Specification, "64b CRC Test Cases": 4 KiB of zeros, of ones, counted up and counted down.
        Assert.That(FoldedCrc.Crc64Nvme.Compute(new byte[4096]), Is.EqualTo(0x6482D367EB22B64E));
        Assert.That(FoldedCrc.Crc64Nvme.Compute(Filled(4096, _ => 0xFF)), Is.EqualTo(0xC0DDBA7302ECA3AC));
        Assert.That(FoldedCrc.Crc64Nvme.Compute(Filled(4096, i => i)), Is.EqualTo(0x3E729F5F6750449C));
        Assert.That(FoldedCrc.Crc64Nvme.Compute(Filled(4096, i => 255 - i)), Is.EqualTo(0x9A2DF64B8E9E517E));
    }

    [TestCase("Crc32", 0xEDB88320ul, 32)]
    [TestCase("Crc64Nvme", 0x9A6C9329AC4BC9B5ul, 64)]
    public void Any_length_at_any_place_is_as_bit_by_bit(string name, ulong polynomial, int width)
    {
        byte[] content = new byte[3000];
        new Random(64).NextBytes(content);
        for (int length = 0; length <= 600; length++)
            AssertSame(content.AsSpan(length % 17, length));
        AssertSame(content);
        AssertSame(content.AsSpan(1, 2049));

        void AssertSame(ReadOnlySpan<byte> bytes)
        {
            ulong expected = BitByBit(bytes, polynomial, width);
            Assert.That(Of(name).Compute(bytes), Is.EqualTo(expected), $"{bytes.Length} bytes");
            Assert.That(Of(name).ComputeByTables(bytes), Is.EqualTo(expected), $"{bytes.Length} bytes by tables");
        }
    }

    private static FoldedCrc Of(string name) => name == "Crc32" ? FoldedCrc.Crc32 : FoldedCrc.Crc64Nvme;

    private static byte[] Filled(int length, Func<int, int> value) => [.. Enumerable.Range(0, length).Select(i => (byte)value(i))];

    /// <summary>What a check is, the plain way.</summary>
    /// <param name="polynomial">Reversed.</param>
    internal static ulong BitByBit(ReadOnlySpan<byte> bytes, ulong polynomial, int width)
    {
        ulong ones = ulong.MaxValue >> (64 - width), register = ones;
        foreach (byte one in bytes)
        {
            register ^= one;
            for (int bit = 0; bit < 8; bit++)
                register = (register >> 1) ^ ((register & 1) != 0 ? polynomial : 0);
        }
        return register ^ ones;
    }
}
