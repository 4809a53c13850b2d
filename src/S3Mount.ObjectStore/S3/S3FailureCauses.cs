namespace S3Mount.ObjectStore.S3;

/// <summary>From a failure to its cause, by type, status and code. For figures alone: what is done about it, <see cref="S3ErrorMapper"/> decides.</summary>
internal static class S3FailureCauses
{
    public static S3FailureCause Of(S3Failure failure) => failure switch
    {
        { Exception: UnusableAnswerException { Failure: ObjectStoreFailure.PreconditionFailed } } => S3FailureCause.Changed,
        { Exception: UnusableAnswerException } => S3FailureCause.Unusable,
        { Exception: ObjectStoreException { Failure: ObjectStoreFailure.NoCredentials or ObjectStoreFailure.AccessDenied } } => S3FailureCause.Denied,
        { TimedOut: true } => S3FailureCause.TimedOut,
        { Exception: not null } => S3FailureCause.Connection,
        { IsThrottled: true } => S3FailureCause.Throttled,
        { Error.Code: "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "TokenRefreshRequired" } => S3FailureCause.Denied,
        { Status: 401 or 403 } => S3FailureCause.Denied,
        { Status: 404 } => S3FailureCause.NotFound,
        { Status: 412 } => S3FailureCause.Changed,
        { Status: 408 } => S3FailureCause.TimedOut,
        { Status: >= 500 } => S3FailureCause.Server,
        _ => S3FailureCause.Refused,
    };
}
