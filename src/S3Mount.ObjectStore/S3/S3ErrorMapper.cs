namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The one place where a status and an error code become something to do (S3 API, "Error responses"). Never looks at text that
/// is meant for people.
/// </summary>
internal static class S3ErrorMapper
{
    public static S3Verdict Map(S3OperationKind kind, S3Failure failure)
    {
        if (failure.Exception is UnusableAnswerException)
            return AskAnew;
        // No answer, or one that broke off: reset, timeout, short body.
        if (failure.Exception is not null || failure.TimedOut)
            return new S3Verdict(S3Action.Retry, ObjectStoreFailure.Unavailable);
        return MapCode(failure) ?? MapStatus(kind, failure);
    }

    /// <summary>The store says that the credentials were good until lately: newer ones are on their way, as a rule.</summary>
    public static bool HasExpired(S3Failure failure) => failure.Error.Code is "ExpiredToken" or "ExpiredTokenException" or "TokenRefreshRequired";

    private static S3Verdict? MapCode(S3Failure failure) => failure.Error.Code switch
    {
        "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "TokenRefreshRequired" => Refresh,
        "AccessDenied" or "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "AllAccessDisabled" or "AccountProblem" or "NotSignedUp" => Refresh,
        "RequestTimeTooSkewed" or "RequestExpired" => new S3Verdict(S3Action.AdjustClock, ObjectStoreFailure.AccessDenied),
        "InvalidObjectState" => Fail(ObjectStoreFailure.Archived),
        "NoSuchBucket" => Fail(ObjectStoreFailure.NoSuchBucket),
        "NoSuchKey" or "NoSuchVersion" => Fail(ObjectStoreFailure.NotFound),
        "PreconditionFailed" => Fail(ObjectStoreFailure.PreconditionFailed),
        "InvalidRange" => Fail(ObjectStoreFailure.Malformed),
        "PermanentRedirect" or "TemporaryRedirect" or "Redirect" or "IllegalLocationConstraintException" or "IllegalLocationConstraint" => Follow,
        // Without a region it says that the access key itself cannot be read.
        "AuthorizationHeaderMalformed" => failure.Region is null ? Refresh : Follow,
        "SlowDown" or "ServiceUnavailable" or "InternalError" or "RequestTimeout" or "Busy" or "OperationAborted" => Retry,
        "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "RequestThrottled" or "TooManyRequests" or "BandwidthLimitExceeded" => Retry,
        _ => null,
    };

    private static S3Verdict MapStatus(S3OperationKind kind, S3Failure failure) => failure.Status switch
    {
        // A status of 200 with an error document whose code says nothing to us.
        < 300 => Fail(ObjectStoreFailure.Malformed),
        301 or 302 or 307 or 308 => Follow,
        < 400 => Fail(ObjectStoreFailure.Malformed),
        // A HEAD for a bucket in another region is answered so, without a body.
        400 or 403 when kind == S3OperationKind.Head => NamesAnotherRegion(failure) ? Follow : new S3Verdict(S3Action.AskByList, ObjectStoreFailure.AccessDenied),
        401 or 403 => Refresh,
        // Without a code it may come from anything that speaks HTTP: that there is no such bucket only a store can say.
        404 when kind == S3OperationKind.List => failure.Error.Code is null ? AskAnew : Fail(ObjectStoreFailure.NoSuchBucket),
        // Nor has an object been deleted because a proxy on the way cannot find something.
        404 when kind == S3OperationKind.Get && failure.Error.Code is null => AskAnew,
        404 => Fail(ObjectStoreFailure.NotFound),
        408 or 429 => Retry,
        412 => Fail(ObjectStoreFailure.PreconditionFailed),
        416 => Fail(ObjectStoreFailure.Malformed),
        < 500 => Fail(ObjectStoreFailure.Rejected),
        501 or 505 => Fail(ObjectStoreFailure.Rejected),
        _ => Retry,
    };

    private static S3Verdict Refresh => new(S3Action.RefreshCredentials, ObjectStoreFailure.AccessDenied);

    private static S3Verdict Follow => new(S3Action.FollowRegion, ObjectStoreFailure.WrongRegion);

    private static S3Verdict Retry => new(S3Action.Retry, ObjectStoreFailure.Unavailable);

    private static S3Verdict AskAnew => new(S3Action.AskAnew, ObjectStoreFailure.Malformed);

    private static S3Verdict Fail(ObjectStoreFailure failure) => new(S3Action.Fail, failure);

    private static bool NamesAnotherRegion(S3Failure failure) => failure.Region is { } region && region != failure.Endpoint.Region;
}
