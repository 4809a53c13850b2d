using S3Mount.Top;

namespace S3Mount.Tests.Top;

/// <summary>Whatever a key or a program's name holds, it takes so many columns and commands nothing.</summary>
[TestFixture]
public sealed class CellTextTests
{
    private readonly CellText _unicode = new(isUnicode: true);
    private readonly CellText _ascii = new(isUnicode: false);

    [TestCase("plain", 10, "plain")]
    [TestCase("plain", 5, "plain")]
    [TestCase("plainly", 5, "plai…")]
    [TestCase("\e[31mred\a\r\n\t\u007f", 20, "?[31mred?????")]
    [TestCase("\u009b2J", 9, "?2J")]
    [TestCase("grün", 9, "grün")]
    [TestCase("猫/犬.jpg", 9, "猫/犬.jpg")]
    [TestCase("猫/犬.jpg", 8, "猫/犬.j…")]
    [TestCase("猫/犬.jpg", 5, "猫/…")]
    [TestCase("猫猫", 3, "猫…")]
    [TestCase("e\u0301 \u202e\u200b\u200d\ue000", 20, "e? ????")]
    [TestCase("🐈 cat", 6, "🐈 cat")]
    [TestCase("anything", 0, "")]
    [TestCase("anything", 1, "…")]
    public void Text_is_cut_by_columns_and_harmless(string text, int width, string shown) => Assert.That(_unicode.Fit(text, width), Is.EqualTo(shown));

    [TestCase("grün/猫", 10, "gr?n/?")]
    [TestCase("plainly", 5, "plai~")]
    public void A_terminal_without_unicode_is_given_ascii(string text, int width, string shown) => Assert.That(_ascii.Fit(text, width), Is.EqualTo(shown));

    [Test]
    public void What_is_no_text_is_unknown() => Assert.That(_unicode.Fit("\ud800 lone, \ufffd", 20), Is.EqualTo("? lone, ?"));

    [Test]
    public void Cells_are_filled_by_columns()
    {
        Assert.That((_unicode.Pad("猫", 4), _unicode.Pad("猫", 4, isRight: true), _unicode.Pad("plainly", 4)), Is.EqualTo(("猫  ", "  猫", "pla…")));
        Assert.That(_unicode.ColumnsOf("猫 cat"), Is.EqualTo(6));
    }

    [Test]
    public void No_text_is_wider_than_its_cell()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => (char)random.Next(random.Next(3) == 0 ? 0x10000 : 0x3100))]);
            int width = random.Next(10);
            string shown = _unicode.Fit(text, width);
            Assert.That(_unicode.ColumnsOf(shown), Is.LessThanOrEqualTo(width));
            Assert.That(shown.Any(char.IsControl), Is.False);
        }
    }
}
