using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Tests.Protocol;

public sealed class DirentWriterTests
{
    [Test]
    public void Nothing_is_written_when_an_entry_does_not_fit()
    {
        byte[] buffer = new byte[24 + 8 + 31];
        buffer.AsSpan().Fill(0xee);
        var writer = new DirentWriter(buffer);
        Assert.That(writer.TryAdd(1, 1, 8, "12345678"u8));
        Assert.That(writer.TryAdd(2, 2, 8, "1"u8), Is.False);
        Assert.That(writer.Length, Is.EqualTo(32));
        Assert.That(buffer[32..], Is.All.EqualTo(0xee));
    }

    [Test]
    public void An_entry_that_fits_exactly_is_written([Range(1, 17)] int length)
    {
        int padded = (24 + length + 7) / 8 * 8;
        byte[] name = [.. Enumerable.Repeat((byte)'x', length)];
        byte[] buffer = new byte[padded];
        buffer.AsSpan().Fill(0xee);
        var writer = new DirentWriter(buffer);
        Assert.That(writer.TryAdd(1, 1, 8, name));
        Assert.That(buffer[24..(24 + length)], Is.EqualTo(name));
        Assert.That(buffer[(24 + length)..], Is.All.Zero, "what pads is zero, never what was in the buffer");

        var shorter = new DirentWriter(buffer.AsSpan(0, padded - 1));
        Assert.That(shorter.TryAdd(1, 1, 8, name), Is.False);
        var plus = new DirentWriter(new byte[128 + padded]);
        Assert.That(plus.TryAddPlus(default, 1, 1, 8, name));
        Assert.That(plus.Length, Is.EqualTo(128 + padded));
    }
}
