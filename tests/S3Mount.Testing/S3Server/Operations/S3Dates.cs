using System.Globalization;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Dates as documents show them, in whole seconds.</summary>
internal static class S3Dates
{
    public static string Listed(DateTimeOffset date) =>
        date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000Z'", CultureInfo.InvariantCulture);
}
