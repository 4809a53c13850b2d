using System.Text;
using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

internal sealed class S3TimeTests
{
    [TestCase("2009-10-12T17:50:30.000Z", 1255369830)]
    [TestCase("2009-10-12T17:50:30Z", 1255369830)]
    [TestCase("2009-10-12T17:50:30.999999Z", 1255369830)]
    [TestCase("2009-10-12T17:50:30+00:00", 1255369830)]
    [TestCase("1970-01-01T00:00:00.999Z", 0)]
    [TestCase("2024-02-29T23:59:60Z", 1709251200)]
    [TestCase("0001-01-01T00:00:00Z", -62135596800)]
    [TestCase("1969-12-31T23:59:59.5Z", -1)]
    [TestCase("9999-12-31T23:59:59.999Z", 253402300799)]
    public void A_time_of_a_listing_is_cut_to_seconds(string text, long seconds)
    {
        Assert.That(S3Time.TryParseIso(Encoding.ASCII.GetBytes(text), out long parsed), Is.True);
        Assert.That(parsed, Is.EqualTo(seconds));
    }

    [TestCase("")]
    [TestCase("2009-10-12")]
    [TestCase("2009-13-12T17:50:30Z")]
    [TestCase("2009-02-30T17:50:30Z")]
    [TestCase("2009-10-12T24:50:30Z")]
    [TestCase("2009-10-12T17:50:30")]
    [TestCase("2009-10-12T17:50:30+02:00")]
    [TestCase("Mon, 12 Oct 2009 17:50:30 GMT")]
    [TestCase("9999-12-31T23:59:60Z", Description = "none that a date can be")]
    public void What_is_no_time_is_refused(string text) =>
        Assert.That(S3Time.TryParseIso(Encoding.ASCII.GetBytes(text), out _), Is.False);

    [Test]
    public void An_HTTP_date_means_the_same_second() =>
        Assert.That(S3Time.ParseHttp("Mon, 12 Oct 2009 17:50:30 GMT")?.ToUnixTimeSeconds(), Is.EqualTo(1255369830));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("yesterday")]
    public void What_is_no_HTTP_date_is_none(string? text) => Assert.That(S3Time.ParseHttp(text), Is.Null);

    [Test]
    public void A_second_is_written_as_HTTP_wants_it() => Assert.That(S3Time.ToHttp(1255369830), Is.EqualTo("Mon, 12 Oct 2009 17:50:30 GMT"));
}
