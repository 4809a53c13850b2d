using System.Globalization;

namespace S3Mount.ObjectStore.S3;

/// <summary>Takes from an answer that is no success what there is to know of it.</summary>
internal static class S3FailureReader
{
    // The error documents of S3 have some hundred bytes; those of proxies are pages of HTML.
    private const int MaxDocumentSize = 64 * 1024;

    public static async ValueTask<S3Failure> ReadAsync(HttpResponseMessage response, S3Failure context, TryClock clock)
    {
        S3Error error = S3Error.Unknown;
        try
        {
            using BoundedBody body = await BoundedBody.ReadAsync(response.Content, MaxDocumentSize, clock);
            error = ErrorDocumentParser.Parse(body.Span);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The status has come, and says enough without its document.
        }
        return Read(response, error, context);
    }

    public static S3Failure Read(HttpResponseMessage response, S3Error error, S3Failure context) => context with
    {
        Status = (int)response.StatusCode,
        Error = error,
        Region = PlausibleRegion(S3Operation.HeaderOf(response.Headers, "x-amz-bucket-region") ?? error.Region),
        RequestId = S3Operation.HeaderOf(response.Headers, "x-amz-request-id") ?? error.RequestId,
        Location = S3Operation.HeaderOf(response.Headers, "Location") ?? error.Endpoint,
        StoreTime = S3Time.ParseHttp(S3Operation.HeaderOf(response.Headers, "Date")),
        RetryAfter = int.TryParse(S3Operation.HeaderOf(response.Headers, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero,
    };

    // The region becomes part of a host name: nothing but a label may pass.
    private static string? PlausibleRegion(string? region) =>
        region is { Length: > 0 and <= 63 } && region.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol == '-') ? region : null;
}
