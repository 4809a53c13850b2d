using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Status and code to what is done, row by row.</summary>
internal sealed class S3ErrorMapperTests
{
    private static readonly S3Endpoint _endpoint = S3Endpoint.ForCustom(new Uri("http://127.0.0.1:1"), "bucket", "eu-west-1", pathStyle: true);

    [TestCase("Get", 404, "NoSuchKey", "Fail", "NotFound")]
    [TestCase("Get", 404, null, "AskAnew", "Malformed")]
    [TestCase("Get", 404, "SomethingElse", "Fail", "NotFound")]
    [TestCase("Head", 404, null, "Fail", "NotFound")]
    [TestCase("List", 404, null, "AskAnew", "Malformed")]
    [TestCase("List", 404, "NotFound", "Fail", "NoSuchBucket")]
    [TestCase("List", 404, "NoSuchBucket", "Fail", "NoSuchBucket")]
    [TestCase("Get", 404, "NoSuchBucket", "Fail", "NoSuchBucket")]
    [TestCase("Get", 412, null, "Fail", "PreconditionFailed")]
    [TestCase("Get", 400, "ExpiredToken", "RefreshCredentials", "AccessDenied")]
    [TestCase("Get", 403, "ExpiredToken", "RefreshCredentials", "AccessDenied")]
    [TestCase("Get", 403, "AccessDenied", "RefreshCredentials", "AccessDenied")]
    [TestCase("Get", 403, null, "RefreshCredentials", "AccessDenied")]
    [TestCase("Get", 401, null, "RefreshCredentials", "AccessDenied")]
    [TestCase("Get", 403, "RequestTimeTooSkewed", "AdjustClock", "AccessDenied")]
    [TestCase("Get", 403, "InvalidObjectState", "Fail", "Archived")]
    [TestCase("Head", 400, null, "AskByList", "AccessDenied")]
    [TestCase("Head", 403, null, "AskByList", "AccessDenied")]
    [TestCase("Get", 301, "PermanentRedirect", "FollowRegion", "WrongRegion")]
    [TestCase("Head", 301, null, "FollowRegion", "WrongRegion")]
    [TestCase("Get", 307, null, "FollowRegion", "WrongRegion")]
    [TestCase("Get", 400, "AuthorizationHeaderMalformed", "RefreshCredentials", "AccessDenied")]
    [TestCase("Get", 304, null, "Fail", "Malformed")]
    [TestCase("Get", 429, null, "Retry", "Unavailable")]
    [TestCase("Get", 500, "InternalError", "Retry", "Unavailable")]
    [TestCase("Get", 502, null, "Retry", "Unavailable")]
    [TestCase("Get", 503, "SlowDown", "Retry", "Unavailable")]
    [TestCase("Get", 504, null, "Retry", "Unavailable")]
    [TestCase("Get", 520, null, "Retry", "Unavailable")]
    [TestCase("Get", 400, "RequestTimeout", "Retry", "Unavailable")]
    [TestCase("Get", 400, "InvalidArgument", "Fail", "Rejected")]
    [TestCase("Get", 405, null, "Fail", "Rejected")]
    [TestCase("Get", 501, null, "Fail", "Rejected")]
    [TestCase("Get", 416, "InvalidRange", "Fail", "Malformed")]
    public void A_status_and_a_code_lead_to_one_action(string kind, int status, string? code, string action, string failure)
    {
        S3Verdict verdict = S3ErrorMapper.Map(Enum.Parse<S3OperationKind>(kind), Failure(status, code));
        Assert.That((verdict.Action.ToString(), verdict.Failure.ToString()), Is.EqualTo((action, failure)));
    }

    [TestCase("Get", 400, "AuthorizationHeaderMalformed")]
    [TestCase("Head", 400, null)]
    public void A_region_that_is_named_is_followed(string kind, int status, string? code)
    {
        S3Verdict verdict = S3ErrorMapper.Map(Enum.Parse<S3OperationKind>(kind), Failure(status, code) with { Region = "eu-north-1" });
        Assert.That(verdict.Action, Is.EqualTo(S3Action.FollowRegion));
    }

    [Test]
    public void What_broke_off_is_tried_again()
    {
        Assert.That(S3ErrorMapper.Map(S3OperationKind.Get, Failure(0, null) with { TimedOut = true }).Action, Is.EqualTo(S3Action.Retry));
        Assert.That(S3ErrorMapper.Map(S3OperationKind.Get, Failure(0, null) with { Exception = new IOException() }).Action, Is.EqualTo(S3Action.Retry));
    }

    private static S3Failure Failure(int status, string? code) => new() { Status = status, Error = new S3Error(code, null, null, null), Endpoint = _endpoint };
}
