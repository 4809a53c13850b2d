namespace S3Mount.Testing.Tests;

public sealed class RampTests
{
    [TestCase(0, 0)]
    [TestCase(250, 0)]
    [TestCase(251, 3)]
    [TestCase(5_000_000_007, 250)]
    public void Fill_writes_offset_plus_seed_modulo_251(long offset, int seed)
    {
        byte[] bytes = new byte[40_000];
        Ramp.Fill(bytes, offset, seed);
        Assert.That(bytes, Is.EqualTo(Enumerable.Range(0, bytes.Length).Select(i => (byte)((offset + i + seed) % 251))));
    }

    [Test]
    public void First_difference_names_the_wrong_byte()
    {
        byte[] bytes = Ramp.Create(40_000, 7);
        Assert.That(Ramp.FirstDifference(bytes, 0, 7), Is.EqualTo(-1));
        bytes[33_333]++;
        Assert.That(Ramp.FirstDifference(bytes, 0, 7), Is.EqualTo(33_333));
        Assert.That(Ramp.FirstDifference(bytes.AsSpan(100), 100, 7), Is.EqualTo(33_233));
        Assert.That(Ramp.FirstDifference(bytes, 0, 8), Is.Zero);
    }
}
