using System.Text;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.Tests.Synthetic;

public sealed class SyntheticKeysTests
{
    private static readonly SyntheticKeys[] _sets =
    [
        new ClassKeys("in/", 10, 5000),
        new ClassKeys("", 1, 100_000),
        new ClassKeys("x", 9000, 18_000),
        new FlatKeys("flat/", 3000),
        new FlatKeys("", 1),
        new FlatKeys("", 3000, FlatPattern.Hex),
        new FlatKeys("", 3456, FlatPattern.Numbers),
        new FlatKeys("", 3000, FlatPattern.Skewed),
        new FlatKeys("", 7, FlatPattern.Skewed),
        new SmallDirectoryKeys("small/", 1000, 3),
        new SpeechKeys("", 4, 5, 60),
        new JoinedKeys(new FlatKeys("b/", 20), new FlatKeys("a/", 20, FlatPattern.Hex), new SmallDirectoryKeys("c/", 5, 2)),
    ];

    [Test]
    public void Keys_are_in_order_and_are_found_where_they_are([ValueSource(nameof(_sets))] SyntheticKeys keys)
    {
        byte[] buffer = new byte[1024];
        byte[] before = [];
        for (int i = 0; i < keys.Count; i++)
        {
            byte[] key = buffer[..keys.Write(i, buffer)];
            Assert.That(key.AsSpan().SequenceCompareTo(before), Is.Positive, $"position {i}");
            Assert.That((keys.Find(key), keys.FirstFrom(key)), Is.EqualTo((i, i)));
            Assert.That((keys.Find([.. key, 0]), keys.FirstFrom([.. key, 0])), Is.EqualTo((-1, i + 1)));
            before = key;
        }
    }

    [Test]
    public void What_follows_a_prefix_is_found_from_any_key_of_it([Values(0, 1, 1299, 1300)] int within)
    {
        var keys = new ClassKeys("in/", 10, 13_000);
        byte[] prefix = keys[within].Span[..(keys[within].Span.LastIndexOf((byte)'/') + 1)].ToArray();
        int behind = Enumerable.Range(within, keys.Count - within).First(i => !keys[i].Span.StartsWith(prefix));
        Assert.That((keys.FirstBehind(prefix), keys.FirstBehind(prefix, within)), Is.EqualTo((behind, behind)));
        Assert.That(keys.FirstBehind("in/"u8, within), Is.EqualTo(13_000));
    }

    [Test]
    public void A_million_images_are_in_a_thousand_classes_of_different_sizes()
    {
        var keys = new ClassKeys("", 1000, 1_281_167);
        int[] sizes = [.. Enumerable.Range(0, keys.Classes).Select(keys.FilesOf)];
        Assert.That((keys.Classes, sizes.Sum()), Is.EqualTo((1000, 1_281_167)));
        Assert.That((sizes.Min(), sizes.Max()), Is.EqualTo((739, 1314)).Within(10));
        Assert.That(Text(keys[0]), Does.Match("^(n0[0-9]{7})/\\1_[0-9]{5}[.]JPEG$"));
        Assert.That(Text(keys[^1]), Does.Match("^(n1[0-9]{7})/\\1_[0-9]{5}[.]JPEG$"));
    }

    [Test]
    public void Numbers_are_those_from_one_on_ordered_as_text()
    {
        var keys = new FlatKeys("", 1234, FlatPattern.Numbers);
        IEnumerable<string> expected = Enumerable.Range(1, 1234).Select(number => $"{number}.jpg").Order(StringComparer.Ordinal);
        Assert.That(Enumerable.Range(0, 1234).Select(i => Text(keys[i])), Is.EqualTo(expected));
    }

    [Test]
    public void Sets_that_lie_within_each_other_are_not_joined() =>
        Assert.That(() => new JoinedKeys(new FlatKeys("a", 10), new FlatKeys("aimg_5", 2)), Throws.ArgumentException);

    private static string Text(ObjectStore.ObjectKey key) => Encoding.UTF8.GetString(key.Span);
}
