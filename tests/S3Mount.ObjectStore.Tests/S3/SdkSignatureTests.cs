using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>AWSSDK.S3 makes requests of random keys; our signer must come to the same paths, queries and signatures.</summary>
internal sealed class SdkSignatureTests
{
    private static readonly AwsCredentials _credentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AQoDYXdzEPT//////////wEXAMPLE/tc+token=");

    [Test, CancelAfter(60_000)]
    public async Task Requests_for_random_keys_are_signed_as_the_SDK_signs_them(CancellationToken cancellationToken)
    {
        await using var server = new ScriptedServer((head, _) => head.Contains("list-type", StringComparison.Ordinal)
            ? ScriptedAnswer.EmptyPage
            : ScriptedAnswer.Of("200 OK", "ETag: \"0123456789abcdef0123456789abcdef\"", "x"));
        using var client = new AmazonS3Client(
            new SessionAWSCredentials(_credentials.AccessKeyId, _credentials.SecretAccessKey, _credentials.SessionToken),
            new AmazonS3Config
            {
                ServiceURL = server.Url,
                AuthenticationRegion = "eu-west-1",
                ForcePathStyle = true,
                MaxErrorRetry = 0,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        var random = new Random(99);
        for (int round = 0; round < 50; round++)
        {
            // The SDK trims and folds what it takes for a path; this is about encoding and signing.
            string key = "k" + RandomKeys.Next(random, allowControls: true) + "k";
            using GetObjectResponse got = await client.GetObjectAsync(
                new GetObjectRequest { BucketName = "bucket", Key = key, ByteRange = new ByteRange(0, 0), EtagToMatch = "\"tag\"" }, cancellationToken);
            AssertSame(server.Heads[^1], $"/bucket/{PercentEncoding.EncodePath(Encoding.UTF8.GetBytes(key))}", "");

            await client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = "bucket", Prefix = key, Delimiter = "/", StartAfter = key, MaxKeys = 7, Encoding = EncodingType.Url }, cancellationToken);
            var ours = new ListObjects(new ListPageRequest { Prefix = new ObjectKey(key), Delimiter = true, StartAfter = new ObjectKey(key), MaxKeys = 7 });
            AssertSame(server.Heads[^1], "/bucket", ours.Query);
        }
    }

    private static void AssertSame(string head, string path, string query)
    {
        string[] lines = head.Split("\r\n");
        string[] target = lines[0].Split(' ')[1].Split('?');
        string theirs = target.Length > 1 ? string.Join('&', target[1].Split('&').Where(part => !part.StartsWith("x-id", StringComparison.Ordinal)).Order(StringComparer.Ordinal)) : "";
        Assert.That(target[0].TrimEnd('/'), Is.EqualTo(path.TrimEnd('/')));
        Assert.That(theirs, Is.EqualTo(query));

        Dictionary<string, string> sent = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        string authorization = sent["Authorization"];
        var headers = new SignedHeaders();
        foreach (string name in authorization.Split("SignedHeaders=")[1].Split(',')[0].Split(';'))
            headers.Add(name, sent[name]);
        Assert.That(sent["x-amz-content-sha256"], Is.EqualTo(SigV4Signer.EmptyBodyHash));
        string all = target.Length > 1 ? string.Join('&', target[1].Split('&').Select(part => part.Contains('=') ? part : part + "=").Order(StringComparer.Ordinal)) : "";
        string signed = new SigV4Signer().Sign("GET", target[0], all, headers, sent["x-amz-date"], _credentials, "eu-west-1");
        Assert.That(signed.Split("Signature=")[1], Is.EqualTo(authorization.Split("Signature=")[1]));
    }
}
