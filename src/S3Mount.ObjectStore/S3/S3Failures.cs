using System.Globalization;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The line that people read of a failure: what happened, to what, and what to do. What the failure is has been decided before
/// (<see cref="S3ErrorMapper"/>); the code only chooses the advice.
/// </summary>
internal sealed class S3Failures(string bucket)
{
    public ObjectStoreException Create(ObjectStoreFailure failure, S3Operation operation, S3Failure last)
    {
        // The credentials have their own words.
        if (last.Exception is ObjectStoreException known)
            return known;
        string text = Describe(failure, operation, last) + Origin(last);
        return new ObjectStoreException(failure, text, last.Exception)
        {
            Key = operation.Key,
            Status = last.Status,
            Code = last.Error.Code,
            RequestId = last.RequestId,
        };
    }

    /// <summary>Why a try failed, in a few words.</summary>
    public static string Reason(S3Failure failure)
    {
        if (failure.TimedOut)
            return "nothing came in time";
        if (failure.Exception is { } exception)
            return ObjectStoreText.OneLine(exception.GetBaseException().Message);
        return failure.Error.Code is { } code ? $"{failure.Status} {ObjectStoreText.OneLine(code)}" : failure.Status.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A try that failed and is repeated: what it was for, why it failed, and what to do if it goes on.</summary>
    public string DescribeTry(S3Operation operation, S3Failure failure)
    {
        string request = failure.RequestId is { } id ? $" (request {ObjectStoreText.OneLine(id)})" : "";
        string advice = failure.IsThrottled ? "it is asked less now; if it goes on, share the load or ask for a higher limit"
            : failure.Status != 0 ? "if it goes on, its operators have to look"
            : $"check the network and --endpoint-url{ConnectAdvice(failure)}";
        return $"for s3://{bucket}/{operation.Key} with {Reason(failure)}{request}: {advice}";
    }

    private string Describe(ObjectStoreFailure failure, S3Operation operation, S3Failure last)
    {
        string name = $"s3://{bucket}/{operation.Key}";
        return failure switch
        {
            ObjectStoreFailure.NotFound => $"there is no object {name}",
            ObjectStoreFailure.NoSuchBucket => $"there is no bucket '{bucket}' at {last.Endpoint}: check its name, and --endpoint-url",
            ObjectStoreFailure.PreconditionFailed => $"{name} is not the version that was listed any more{Because(last)}",
            ObjectStoreFailure.AccessDenied => DescribeDenied(operation, name, last),
            ObjectStoreFailure.Archived => $"{name} is archived: restore it before reading (aws s3api restore-object)",
            ObjectStoreFailure.WrongRegion => DescribeRegion(last),
            ObjectStoreFailure.Unavailable when last.IsUntrusted => $"{last.Endpoint} is not asked for {name}: {Reason(last)}{ConnectAdvice(last)}",
            ObjectStoreFailure.Unavailable => $"{last.Endpoint} did not answer for {name} before the deadline, last: {Reason(last)}{ConnectAdvice(last)}",
            ObjectStoreFailure.Malformed when last is { Status: 404, Error.Code: null } =>
                $"{last.Endpoint} answered without an S3 error for {name}: is it an S3 endpoint? Check --endpoint-url, and proxies on the way",
            ObjectStoreFailure.Malformed => $"the answer of {last.Endpoint} for {name} cannot be used{Because(last)}",
            _ => $"{last.Endpoint} refuses the request for {name}{Because(last)}",
        };
    }

    private static string DescribeDenied(S3Operation operation, string name, S3Failure last)
    {
        if (last.Credentials is not { } credentials)
            return $"access to {name} is denied: the bucket is not public, leave out --no-sign-request";
        string advice = last.Error.Code switch
        {
            "ExpiredToken" or "ExpiredTokenException" or "TokenRefreshRequired" => "the credentials have expired and no newer ones were found: sign in again",
            "InvalidToken" => "the session token is not valid: sign in again, or unset AWS_SESSION_TOKEN",
            "InvalidAccessKeyId" => "the store does not know this access key: check the credentials, --profile and --endpoint-url",
            "SignatureDoesNotMatch" => "the secret key does not fit the access key: check the credentials",
            "RequestTimeTooSkewed" or "RequestExpired" => "the store does not accept the time of the request: set the clock",
            _ => operation.Kind == S3OperationKind.List
                ? "s3:ListBucket is needed for this prefix; if the requester pays for the bucket, use --requester-pays"
                : "s3:GetObject is needed for this key; if the requester pays for the bucket, use --requester-pays",
        };
        return $"access to {name} is denied to access key {ObjectStoreText.OneLine(credentials.AccessKeyId)}: {advice}";
    }

    private string DescribeRegion(S3Failure last)
    {
        string where = last.Region is { } region && region != last.Endpoint.Region ? $"in region {region}" : "elsewhere";
        string pointed = last.Location is { } location ? $" (the store points to {ObjectStoreText.OneLine(location)}, which is not followed)" : "";
        return $"the bucket '{bucket}' is {where}, not where {last.Endpoint} looks for it in region {last.Endpoint.Region}{pointed}: use --region, or --endpoint-url";
    }

    private string ConnectAdvice(S3Failure last) => (last.Exception as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => "; if its certificate is one of your own, use --ca-bundle",
        HttpRequestError.NameResolutionError when last.Endpoint.IsCustom && last.Endpoint.Authority.StartsWith(bucket + '.', StringComparison.Ordinal) =>
            "; if the store has no host name for each bucket, use --force-path-style",
        _ => "",
    };

    private static string Because(S3Failure last)
    {
        if (last.Exception is not null)
            return $": {ObjectStoreText.OneLine(last.Exception.Message)}";
        return last.Error.Message is { } message ? $": {ObjectStoreText.OneLine(message)}" : "";
    }

    private static string Origin(S3Failure last)
    {
        if (last.Status == 0)
            return "";
        string code = last.Error.Code is { } errorCode ? $" {ObjectStoreText.OneLine(errorCode)}" : "";
        string request = last.RequestId is { } id ? $", request {ObjectStoreText.OneLine(id)}" : "";
        return $" ({last.Status}{code}{request})";
    }
}
