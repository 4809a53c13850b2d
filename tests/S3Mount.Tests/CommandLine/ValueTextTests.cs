using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class ValueTextTests
{
    [TestCase("0", ExpectedResult = 0L)]
    [TestCase("1048576", ExpectedResult = 1L << 20)]
    [TestCase("17B", ExpectedResult = 17L)]
    [TestCase("128MiB", ExpectedResult = 128L << 20)]
    [TestCase("512m", ExpectedResult = 512L << 20)]
    [TestCase("1G", ExpectedResult = 1L << 30)]
    [TestCase("2Gi", ExpectedResult = 2L << 30)]
    [TestCase("2gib", ExpectedResult = 2L << 30)]
    [TestCase("64K", ExpectedResult = 64L << 10)]
    [TestCase("3T", ExpectedResult = 3L << 40)]
    [TestCase("2GB", ExpectedResult = 2_000_000_000L)]
    [TestCase("8388607T", ExpectedResult = 8388607L << 40)]
    public long Sizes_are_read(string text) => SizeText.Parse(text);

    [TestCase("")]
    [TestCase("MiB")]
    [TestCase("-1")]
    [TestCase("1.5G")]
    [TestCase("1 G")]
    [TestCase("12XB")]
    [TestCase("8388608T")]
    [TestCase("99999999999999999999")]
    public void Other_sizes_are_refused(string text) => Assert.That(() => SizeText.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains($"'{text}'"));

    [TestCase("0", ExpectedResult = 0)]
    [TestCase("60", ExpectedResult = 60)]
    [TestCase("90s", ExpectedResult = 90)]
    [TestCase("10m", ExpectedResult = 600)]
    [TestCase("1h", ExpectedResult = 3600)]
    [TestCase("30d", ExpectedResult = 2592000)]
    [TestCase("indefinite", ExpectedResult = -0.001)]
    public double Durations_are_read(string text) => DurationText.Parse(text).TotalSeconds;

    [TestCase("")]
    [TestCase("s")]
    [TestCase("-1")]
    [TestCase("1.5h")]
    [TestCase("1h30m")]
    [TestCase("forever")]
    [TestCase("31d")]
    [TestCase("99999999999999999999")]
    public void Other_durations_are_refused(string text) =>
        Assert.That(() => DurationText.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains($"'{text}'"));

    [TestCase("0", ExpectedResult = 0u)]
    [TestCase("444", ExpectedResult = 292u)]
    [TestCase("0555", ExpectedResult = 365u)]
    [TestCase("0777", ExpectedResult = 511u)]
    public uint Modes_are_octal(string text) => ModeText.Parse(text);

    [TestCase("")]
    [TestCase("0x1ff")]
    [TestCase("0888")]
    [TestCase("1777")]
    [TestCase("00444")]
    [TestCase("u=r")]
    public void Other_modes_are_refused(string text) => Assert.That(() => ModeText.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains($"'{text}'"));
}
