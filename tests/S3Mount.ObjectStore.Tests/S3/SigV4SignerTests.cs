using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>
/// The examples of the S3 API reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single
/// Chunk": bucket examplebucket, 24 May 2013, us-east-1.
/// </summary>
internal sealed class SigV4SignerTests
{
    private const string Date = "20130524T000000Z";

    private static readonly AwsCredentials _credentials = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);

    [Test]
    public void Get_object_with_a_range_is_signed_as_published() =>
        Assert.That(Sign("/test.txt", "", ("range", "bytes=0-9")), Is.EqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));

    [Test]
    public void Get_bucket_lifecycle_is_signed_as_published() =>
        Assert.That(Sign("/", "lifecycle="), Does.EndWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));

    [Test]
    public void List_objects_is_signed_as_published() =>
        Assert.That(Sign("/", "max-keys=2&prefix=J"), Does.EndWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));

    [Test]
    public void A_kept_key_is_not_used_for_another_day_region_or_secret()
    {
        var signer = new SigV4Signer();
        AwsCredentials others = _credentials with { SecretAccessKey = "another" };
        string[] kept = [.. Variants().Select(Run)];
        string[] anew = [.. Variants().Select(variant => { signer = new SigV4Signer(); return Run(variant); })];
        Assert.That(kept, Is.EqualTo(anew));
        Assert.That(kept.Distinct().Count(), Is.EqualTo(4));

        (string Date, string Region, AwsCredentials Credentials)[] Variants() =>
            [(Date, "us-east-1", _credentials), ("20130525T000000Z", "us-east-1", _credentials), (Date, "eu-west-1", _credentials), (Date, "us-east-1", others), (Date, "us-east-1", _credentials)];

        string Run((string Date, string Region, AwsCredentials Credentials) variant) =>
            signer.Sign("GET", "/", "", Headers(variant.Date), variant.Date, variant.Credentials, variant.Region);
    }

    [Test]
    public void A_signature_costs_less_than_two_kilobytes_of_garbage()
    {
        var signer = new SigV4Signer();
        SignedHeaders headers = Headers(Date, ("range", "bytes=0-9"), ("if-match", "\"0123456789abcdef0123456789abcdef\""));
        string path = "/bucket/" + new string('k', 900);
        signer.Sign("GET", path, "", headers, Date, _credentials, "us-east-1");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            signer.Sign("GET", path, "", headers, Date, _credentials, "us-east-1");
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(2048));
    }

    [Test]
    public void Paths_and_tokens_of_any_length_are_signed()
    {
        foreach (int length in new[] { 1, 500, 1024, 3072, 20000 })
        {
            SignedHeaders headers = Headers(Date, ("x-amz-security-token", new string('t', length)));
            string signed = new SigV4Signer().Sign("GET", "/" + new string('p', length), new string('q', length), headers, Date, _credentials, "us-east-1");
            Assert.That(signed, Does.Match("Signature=[0-9a-f]{64}$"));
        }
    }

    private static string Sign(string path, string query, params (string Name, string Value)[] own) =>
        new SigV4Signer().Sign("GET", path, query, Headers(Date, own), Date, _credentials, "us-east-1");

    private static SignedHeaders Headers(string date, params (string Name, string Value)[] own)
    {
        var headers = new SignedHeaders();
        foreach ((string name, string value) in own)
            headers.Add(name, value);
        headers.Add("x-amz-date", date);
        headers.Add("host", "examplebucket.s3.amazonaws.com");
        headers.Add("x-amz-content-sha256", SigV4Signer.EmptyBodyHash);
        return headers;
    }
}
