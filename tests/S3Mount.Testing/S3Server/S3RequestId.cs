using System.Globalization;

namespace S3Mount.Testing.S3Server;

/// <summary>Makes request ids like S3's: 16 characters, each one used once in a process.</summary>
internal static class S3RequestId
{
    private static long _last;

    public static string Next() => Interlocked.Increment(ref _last).ToString("X16", CultureInfo.InvariantCulture);
}
