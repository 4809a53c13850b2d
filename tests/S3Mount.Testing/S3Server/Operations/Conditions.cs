using System.Globalization;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>If-Match and its kin (RFC 9110, section 13; S3 API, GetObject).</summary>
internal static class Conditions
{
    /// <summary>Throws 412; true when the answer is 304.</summary>
    public static bool IsNotModified(S3Request request, StoredObject stored)
    {
        if (request.Headers["If-Match"] is { } ifMatch)
        {
            if (!Matches(ifMatch, stored))
                throw S3Exception.PreconditionFailed("If-Match");
        }
        else if (Date(request, "If-Unmodified-Since") is { } unmodifiedSince && Seconds(stored) > unmodifiedSince)
        {
            throw S3Exception.PreconditionFailed("If-Unmodified-Since");
        }
        if (request.Headers["If-None-Match"] is { } ifNoneMatch)
            return Matches(ifNoneMatch, stored);
        return Date(request, "If-Modified-Since") is { } modifiedSince && Seconds(stored) <= modifiedSince;
    }

    /// <summary>Throws 412 when an upload may not replace what is there.</summary>
    public static void CheckUpload(S3Request request, StoredObject? present)
    {
        if (request.Headers["If-None-Match"] is { } ifNoneMatch && present is not null && Matches(ifNoneMatch, present))
            throw S3Exception.PreconditionFailed("If-None-Match");
        if (request.Headers["If-Match"] is { } ifMatch && (present is null || !Matches(ifMatch, present)))
            throw S3Exception.PreconditionFailed("If-Match");
    }

    // Strong comparison; S3 takes tags without quotes too.
    private static bool Matches(string condition, StoredObject stored)
    {
        if (condition == "*")
            return true;
        if (stored.ETag is "" || stored.ETag.StartsWith("W/", StringComparison.Ordinal))
            return false;
        return condition.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag.Trim('"') == stored.ETag);
    }

    private static long? Date(S3Request request, string name) =>
        DateTimeOffset.TryParseExact(request.Headers[name], "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date.ToUnixTimeSeconds()
            : null;

    private static long Seconds(StoredObject stored) => stored.LastModified.ToUnixTimeSeconds();
}
