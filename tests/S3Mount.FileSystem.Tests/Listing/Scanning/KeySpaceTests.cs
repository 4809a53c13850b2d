using System.Text;
using System.Text.Unicode;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

public sealed class KeySpaceTests
{
    [Test]
    public void Numbers_are_counted()
    {
        var space = new KeySpace(new ObjectKey("img"), delimiter: true);
        space.Observe(Pages.Of([.. Enumerable.Range(0, 1000).Select(i => FormattableString.Invariant($"img{i:d7}"))]));
        var sample = new KeySample("img0000000"u8.ToArray(), "img0000999"u8.ToArray(), 999);
        Assert.That(space.Keys(sample, "img0000999"u8, "img0500999"u8), Is.EqualTo(500_000).Within(1).Percent);
        byte[]? ahead = space.Ahead(sample, sample.To, 64_000, null);
        Assert.That(Encoding.UTF8.GetString(ahead!), Does.StartWith("img0065").Or.StartWith("img0064"));
        Assert.That(space.Ahead(sample, sample.To, 64_000, "img0002"u8.ToArray()), Is.Null);
    }

    [TestCaseSource(typeof(NamePattern), nameof(NamePattern.All))]
    public void Split_points_can_be_asked_for(string pattern)
    {
        var keys = new SortedKeys(NamePattern.Names(pattern, 3000));
        ListPage page = keys.List(new ListPageRequest { Prefix = new ObjectKey("") });
        var space = new KeySpace(new ObjectKey(""), delimiter: true);
        space.Observe(page);
        var sample = new KeySample(keys[500], keys[999], 499);
        byte[] before = keys[999];
        int found = 0;
        for (double distance = 500; distance < 1e9; distance *= 1.7)
        {
            if (space.Ahead(sample, keys[999], distance, null) is not { } split)
                continue;
            found++;
            Assert.That(Utf8.IsValid(split) && split.Length <= ObjectKey.MaxLength && !split.Contains((byte)'/'), Is.True);
            Assert.That(split.AsSpan().SequenceCompareTo(before), Is.GreaterThanOrEqualTo(0));
            before = split;
        }
        Assert.That(found, Is.Positive);
    }

    [TestCase(new byte[] { (byte)'a', 0xE4, 0xB8 }, new byte[] { (byte)'a', 0xE4, 0xB8, 0x80 })]
    [TestCase(new byte[] { 0xE4, (byte)'x', 0x80 }, new byte[] { 0xE4, 0x80, 0x80 })]
    [TestCase(new byte[] { 0xE0, 0x80 }, new byte[] { 0xE0, 0xA0, 0x80 })]
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 }, new byte[] { 0xEE, 0x80, 0x80 })]
    [TestCase(new byte[] { 0xF4, 0xBF }, new byte[] { 0xF4, 0x8F, 0xBF, 0xBF })]
    [TestCase(new byte[] { 0x9A }, new byte[] { 0xC2, 0x80 })]
    [TestCase(new byte[] { (byte)'a', (byte)'b' }, new byte[] { (byte)'a', (byte)'b' })]
    public void What_is_put_together_is_made_whole(byte[] bytes, byte[] whole) => Assert.That(Utf8Completion.Complete(bytes), Is.EqualTo(whole));
}
