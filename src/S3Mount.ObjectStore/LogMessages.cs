using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore;

/// <summary>All that the stores log. Ids from 2000 on.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(2000, LogLevel.Debug, "{Operation} of s3://{Bucket}/{Key} failed at try {Attempt} ({Reason}); again in {Delay}")]
    public static partial void Retrying(this ILogger logger, string operation, string bucket, ObjectKey key, int attempt, string reason, TimeSpan delay);

    [LoggerMessage(2001, LogLevel.Information, "the bucket {Bucket} is in region {Region}; requests go to {Endpoint}")]
    public static partial void RegionFound(this ILogger logger, string bucket, string region, string endpoint);

    [LoggerMessage(2002, LogLevel.Warning, "the clock of this machine differs from the store's by {Offset}; requests are signed with the store's time: set the clock")]
    public static partial void ClockDiffers(this ILogger logger, TimeSpan offset);

    [LoggerMessage(2003, LogLevel.Warning, "the credentials could not be refreshed, the old ones stay in use while they are valid: {Reason}")]
    public static partial void RefreshFailed(this ILogger logger, string reason);

    [LoggerMessage(2004, LogLevel.Information, "the store no longer accepted the credentials; new ones have been taken (access key {AccessKeyId})")]
    public static partial void CredentialsRenewed(this ILogger logger, string accessKeyId);

    [LoggerMessage(2005, LogLevel.Debug, "credentials from {Source}")]
    public static partial void CredentialsFound(this ILogger logger, string source);

    [LoggerMessage(2008, LogLevel.Warning, "{Problems}; going on without what it says, as the AWS CLI does")]
    public static partial void ConfigIgnored(this ILogger logger, string problems);

    [LoggerMessage(2007, LogLevel.Warning, "{Endpoint} is in trouble: {Tries} tries have failed lately and are repeated until the deadline, the last {Trouble}")]
    public static partial void StoreInTrouble(this ILogger logger, string endpoint, int tries, string trouble);

    [LoggerMessage(2010, LogLevel.Information, "{Endpoint} answers again; it was in trouble for {Seconds} s")]
    public static partial void StoreAnswersAgain(this ILogger logger, string endpoint, long seconds);

    [LoggerMessage(2006, LogLevel.Debug, "no region from instance metadata: {Reason}")]
    public static partial void NoRegionFromMetadata(this ILogger logger, string reason);

    [LoggerMessage(2009, LogLevel.Warning, "there are no valid credentials, and requests wait for them until the deadline: {Reason}")]
    public static partial void WaitingForCredentials(this ILogger logger, string reason);
}
