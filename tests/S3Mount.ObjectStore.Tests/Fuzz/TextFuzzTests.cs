using System.Globalization;
using System.Net;
using System.Text;
using S3Mount.ObjectStore.S3;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.ObjectStore.Tests.Fuzz;

/// <summary>Files, headers and texts that are read by hand.</summary>
[Category("Fuzz")]
internal sealed class TextFuzzTests
{
    private static readonly byte[][] _words = FuzzRun.Words(
        "\n", "\r", "[", "]", "=", ":", "#", ";", " ", "\t", "\"", "[profile x]", "region", "s3 =\n  endpoint_url = http://x\n", "\0", "\xff", "-", "/", "*", "bytes ", "T", "Z", "+00:00", ".",
        "%", "%2F", "+", "W/", "9223372036854775807", "9223372036854775808", "0", "60");

    [Test]
    public void A_configuration_file_is_read_or_refused_without_its_contents()
    {
        Corpus corpus = Corpus.OfTexts(
            "AwsFiles", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = SECRETCANARYSECRET\nregion=eu-west-1 # here\n",
            "[profile work]\nservices = local\nrole_arn = arn:aws:iam::1:role/x\n  continued\n[services local]\ns3 =\n  endpoint_url = http://10.0.0.5:9000\n  addressing_style = path\n",
            "; a comment\n[ \"default\" ]\ncredential_process = /bin/x\n");
        FuzzResult result = new FuzzRun { Corpus = corpus, Executions = 20_000, Tokens = _words, MaxAllocated = 64 * 1024, MaxLength = 4096 }.Run(input =>
        {
            try
            {
                AwsConfigFile file = AwsConfigFile.Parse(Encoding.UTF8.GetString(input).Split('\n'));
                return file["default"] is null ? "read" : "read, with its default";
            }
            catch (InvalidDataException exception)
            {
                FuzzCheckException.Unless(!exception.Message.Contains("CANARY", StringComparison.Ordinal), "a secret is told");
                return "refused";
            }
        });
        Assert.That(result.Outcomes.Values, Has.Exactly(3).GreaterThan(result.Executions / 50));
    }

    [Test]
    public void Ranges_times_and_tags_mean_what_they_say_or_nothing()
    {
        Corpus corpus = Corpus.OfTexts(
            "Headers", "bytes 0-99/1234", "bytes 0-0/*", "bytes 9223372036854775806-9223372036854775807/9223372036854775807", "2009-10-12T17:50:30.000Z", "9999-12-31T23:59:60Z", "0001-01-01T00:00:00+00:00",
            "Mon, 12 Oct 2009 17:50:30 GMT", "\"0123456789abcdef0123456789abcdef-12\"", "W/\"x\"", "a%2Fb+c%20");
        FuzzResult result = new FuzzRun { Corpus = corpus, Executions = 20_000, Tokens = _words, MaxAllocated = 16 * 1024, MaxLength = 512 }.Run(ReadHeader);
        Assert.That(result.Outcomes.Keys, Is.SupersetOf(new[] { "a range", "a time", "a date", "a tag" }));
        Assert.That(result.Outcomes.Values, Has.All.GreaterThan(10));
    }

    private static string ReadHeader(byte[] input)
    {
        string text = Encoding.Latin1.GetString(input);
        // Whoever decodes a key has a reference in the framework, except where a percent sign stands alone.
        byte[] decoded = new byte[input.Length];
        if (PercentEncoding.TryDecode(input, decoded, out int length))
            FuzzCheckException.Unless(decoded.AsSpan(0, length).SequenceEqual(WebUtility.UrlDecodeToBytes(input, 0, input.Length)), "another key");
        FuzzCheckException.Unless(PercentEncoding.TryDecode(Encoding.ASCII.GetBytes(PercentEncoding.EncodeQuery(input)), new byte[input.Length * 3], out length) && length == input.Length, "a key that does not come back");
        if (ContentRange.Parse(text) is { } range)
        {
            string total = range.Total < 0 ? "*" : range.Total.ToString(CultureInfo.InvariantCulture);
            FuzzCheckException.Unless(range.First >= 0 && range.Last >= 0 && ContentRange.Parse($"bytes {range.First}-{range.Last}/{total}") == range, "a range that does not come back");
            return "a range";
        }
        if (S3Time.TryParseIso(input, out long seconds))
        {
            FuzzCheckException.Unless(S3Time.ParseHttp(S3Time.ToHttp(seconds))?.ToUnixTimeSeconds() == seconds, "a time that does not come back");
            return "a time";
        }
        if (S3Time.ParseHttp(text) is not null)
            return "a date";
        ETag tag = ETag.Parse(input);
        if (tag.TryPack(out PackedETag packed))
            FuzzCheckException.Unless(ETag.Unpack(packed) == tag && (tag.IsAbsent || ETag.Parse(tag.ToString()) == tag), "a tag that does not come back");
        return tag.IsAbsent ? "no tag" : "a tag";
    }
}
