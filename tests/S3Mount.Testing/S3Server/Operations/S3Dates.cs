using System.Globalization;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Dates as listings show them.</summary>
internal static class S3Dates
{
    public static string Listed(DateTimeOffset date, bool milliseconds) =>
        date.UtcDateTime.ToString(milliseconds ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'.000Z'", CultureInfo.InvariantCulture);
}
