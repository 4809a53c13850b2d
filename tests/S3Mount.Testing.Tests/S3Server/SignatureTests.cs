using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>Signatures, checked with those that boto3 makes.</summary>
public sealed class SignatureTests
{
    private const string AccessKey = "AKIDEXAMPLE";
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private S3TestServer _server = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await S3TestServer.StartAsync(new S3ServerOptions
        {
            Credentials = [new S3Credentials(AccessKey, SecretKey)],
            WrongRegionAnswer = WrongRegionAnswer.AuthorizationHeaderMalformed,
        });
        _server.CreateBucket("bucket").Put("k", "hello");
        _server.CreateBucket("public", isPublic: true).Put("k", "hello");
        _server.CreateBucket("far", region: "eu-west-1");
    }

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test, CancelAfter(90_000)]
    public async Task Keys_of_any_kind_go_both_ways_with_boto3(CancellationToken cancellationToken)
    {
        ChildResult result = await RunAsync("keys", cancellationToken);
        Assert.That(result.EnsureSuccess().Output, Does.Contain("keys ok"));
        Assert.That(_server.Requests.Count(S3Operation.PutObject, S3Operation.HeadObject, S3Operation.GetObject), Is.GreaterThan(60));
    }

    [Test, CancelAfter(90_000)]
    public async Task A_file_is_uploaded_in_parts_with_boto3(CancellationToken cancellationToken)
    {
        ChildResult result = await RunAsync("multipart", cancellationToken);
        Assert.That(result.EnsureSuccess().Output, Does.Contain("multipart ok"));
        Assert.That(_server.Requests.Count(S3Operation.UploadPart), Is.EqualTo(3));
        Assert.That(_server.Bucket("bucket").Objects.TryGet(new ObjectStore.ObjectKey("large"), out Objects.StoredObject? stored), Is.True);
        Assert.That(stored!.ETag, Does.EndWith("-3"));
        Assert.That(Ramp.FirstDifference(stored.Content.ToArray(), 0), Is.EqualTo(-1));
    }

    [TestCase("get bucket k", "200")]
    [TestCase("get bucket none", "404 NoSuchKey")]
    [TestCase("get nowhere k", "404 NoSuchBucket")]
    [TestCase("get bucket k --secret-key wrong", "403 SignatureDoesNotMatch")]
    [TestCase("get bucket k --access-key other", "403 InvalidAccessKeyId")]
    [TestCase("get bucket k --session-token unasked", "400 InvalidToken")]
    [TestCase("get bucket k --anonymous", "403 AccessDenied")]
    [TestCase("get public k --anonymous", "200")]
    [TestCase("delete public k --anonymous", "403 AccessDenied")]
    [CancelAfter(90_000)]
    public async Task Who_may_is_decided_as_s3_does(string command, string outcome, CancellationToken cancellationToken)
    {
        ChildResult result = await RunAsync(command, cancellationToken);
        Assert.That(result.EnsureSuccess().Output.Trim(), Is.EqualTo(outcome));
    }

    [Test, CancelAfter(90_000)]
    public async Task A_wrong_region_is_told_the_right_one(CancellationToken cancellationToken)
    {
        _server.Bucket("far").Put("k", "hello");
        ChildResult result = await RunAsync("get far k", cancellationToken);
        Assert.That(result.EnsureSuccess().Output.Trim(), Is.EqualTo("200"));
        Assert.That(_server.Requests.Entries.Select(entry => entry.Status), Does.Contain(400).And.Contain(200));
    }

    [TestCase(16, "403 RequestTimeTooSkewed")]
    [TestCase(-16, "403 RequestTimeTooSkewed")]
    [TestCase(14, "200")]
    [CancelAfter(90_000)]
    public async Task A_clock_may_be_a_quarter_of_an_hour_wrong(int minutes, string outcome, CancellationToken cancellationToken)
    {
        _server.ClockOffset = TimeSpan.FromMinutes(minutes);
        ChildResult result = await RunAsync("get bucket k", cancellationToken);
        Assert.That(result.EnsureSuccess().Output.Trim(), Is.EqualTo(outcome));
    }

    [TestCase(1, "200")]
    [TestCase(-1, "400 ExpiredToken")]
    [CancelAfter(90_000)]
    public async Task A_session_token_holds_until_it_expires(int minutes, string outcome, CancellationToken cancellationToken)
    {
        _server.AddCredentials(new S3Credentials("ASIATEMPORARY", SecretKey, "token/+=", DateTimeOffset.UtcNow.AddMinutes(minutes)));
        ChildResult result = await RunAsync("get bucket k --access-key ASIATEMPORARY --session-token token/+=", cancellationToken);
        Assert.That(result.EnsureSuccess().Output.Trim(), Is.EqualTo(outcome));
    }

    private Task<ChildResult> RunAsync(string command, CancellationToken cancellationToken) =>
        Python.RunAsync("boto3_client.py", ["boto3"], [.. command.Split(' '), "--url", _server.Url, "--default-access-key", AccessKey, "--default-secret-key", SecretKey], cancellationToken);
}
