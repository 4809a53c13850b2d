using System.Text;
using FsCheck;
using FsCheck.Fluent;
using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

internal sealed class PercentEncodingTests
{
    [TestCase("plain-key_1.2~x", "plain-key_1.2~x")]
    [TestCase("a b", "a%20b")]
    [TestCase("a+b%", "a%2Bb%25")]
    [TestCase("'\"&=?#!*()", "%27%22%26%3D%3F%23%21%2A%28%29")]
    [TestCase("é\u20ac\U0001F600", "%C3%A9%E2%82%AC%F0%9F%98%80")]
    [TestCase("\n\t\u0001", "%0A%09%01")]
    [TestCase("//a//b/./../", "//a//b/./../")]
    public void A_path_keeps_its_slashes_and_the_unreserved(string key, string encoded) =>
        Assert.That(PercentEncoding.EncodePath(Encoding.UTF8.GetBytes(key)), Is.EqualTo(encoded));

    [Test]
    public void A_query_encodes_slashes_too() =>
        Assert.That(PercentEncoding.EncodeQuery("a/b c"u8), Is.EqualTo("a%2Fb%20c"));

    [Test]
    public void The_longest_key_is_encoded() =>
        Assert.That(PercentEncoding.EncodePath(Encoding.UTF8.GetBytes(new string('é', 512))), Is.EqualTo(string.Concat(Enumerable.Repeat("%C3%A9", 512))));

    [TestCase("%")]
    [TestCase("%4")]
    [TestCase("a%4g")]
    [TestCase("a%-1")]
    public void What_is_no_encoding_is_refused(string encoded)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(encoded);
        Assert.That(PercentEncoding.TryDecode(bytes, bytes, out _), Is.False);
    }

    [Test]
    public void A_space_is_a_plus_or_percent_20()
    {
        byte[] bytes = "a+b%20c%2Bd"u8.ToArray();
        Assert.That(PercentEncoding.TryDecode(bytes, bytes, out int length), Is.True);
        Assert.That(Encoding.ASCII.GetString(bytes, 0, length), Is.EqualTo("a b c+d"));
    }

    [Test]
    public void Any_bytes_survive_encoding_and_decoding() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] encoded = Encoding.ASCII.GetBytes(PercentEncoding.EncodePath(bytes));
        bool isPrintable = !encoded.AsSpan().ContainsAnyExceptInRange((byte)0x21, (byte)0x7e);
        return isPrintable && PercentEncoding.TryDecode(encoded, encoded, out int length) && encoded.AsSpan(0, length).SequenceEqual(bytes);
    }).QuickCheckThrowOnFailure();
}
