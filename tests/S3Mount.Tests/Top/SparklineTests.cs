using S3Mount.Top;

namespace S3Mount.Tests.Top;

[TestFixture]
public sealed class SparklineTests
{
    [Test]
    public void Bars_grow_with_their_values_and_only_zero_is_empty()
    {
        Assert.That(Sparkline.Draw([0, 0.001, 1, 2, 3, 4, 5, 6, 7, 8], 10, 8, isUnicode: true), Is.EqualTo(" ▁▁▂▃▄▅▆▇█"));
        Assert.That(Sparkline.Draw([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, 8, isUnicode: false), Is.EqualTo(" .:-=+*#@"));
    }

    [Test]
    public void The_latest_stand_at_the_right_end()
    {
        Assert.That(Sparkline.Draw([8, 1], 5, 8, isUnicode: true), Is.EqualTo("   █▁"));
        Assert.That(Sparkline.Draw([8, 8, 1, 8], 2, 8, isUnicode: true), Is.EqualTo("▁█"));
        Assert.That(Sparkline.MostOf([9, 1, 3], 2), Is.EqualTo(3));
        Assert.That((Sparkline.Draw([], 3, 0, isUnicode: true), Sparkline.MostOf([], 3), Sparkline.Draw([1], 0, 1, isUnicode: true)), Is.EqualTo(("   ", 0.0, "")));
    }
}
