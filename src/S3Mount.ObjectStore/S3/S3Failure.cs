using System.Security.Authentication;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// How a try failed, with all that is needed to decide what comes next and to say it. Begun with what the try used, and
/// completed by its answer.
/// </summary>
internal sealed record S3Failure
{
    /// <summary>0 when there was no answer.</summary>
    public int Status { get; init; }

    public S3Error Error { get; init; } = S3Error.Unknown;

    /// <summary>x-amz-bucket-region, or the Region of the error document.</summary>
    public string? Region { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Where a redirect points; only ever shown.</summary>
    public string? Location { get; init; }

    public DateTimeOffset? StoreTime { get; init; }

    /// <summary>Retry-After in seconds, where the store sent one.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>What broke, when there was no answer or its body broke off.</summary>
    public Exception? Exception { get; init; }

    /// <summary>Nothing came for as long as a try waits.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The store says that it is asked too much, whatever it calls that; not that it is broken.</summary>
    public bool IsThrottled => Status is 429 or 503 || Error.Code is "SlowDown" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded"
        or "RequestThrottled" or "TooManyRequests" or "BandwidthLimitExceeded";

    /// <summary>The store could not show who it is; nothing was sent to it.</summary>
    public bool IsUntrusted => Exception is HttpRequestException { InnerException: AuthenticationException };

    /// <summary>The endpoint, the keys and the clock that the try used: another request may have replaced them by now.</summary>
    public required S3Endpoint Endpoint { get; init; }

    public AwsCredentials? Credentials { get; init; }

    /// <summary>How the time of the signature differed from ours.</summary>
    public TimeSpan ClockOffset { get; init; }
}
