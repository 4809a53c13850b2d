using System.Text.Json;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>What the store has been asked: its own count, not the daemon's.</summary>
/// <param name="AtOnce">The most requests that it was answering at one time.</param>
internal readonly record struct StoreCounts(long Gets, long Lists, long Heads, long Bytes, int AtOnce)
{
    public static StoreCounts Read(JsonElement stats)
    {
        JsonElement requests = stats.GetProperty("requests");
        return new(
            Count(requests, "GetObject"),
            Count(requests, "ListObjectsV2") + Count(requests, "ListObjects"),
            Count(requests, "HeadObject"),
            stats.GetProperty("bytesSent").GetInt64(),
            stats.GetProperty("mostAtOnce").GetInt32());
    }

    // An operation that has not been asked for yet is not in the statistics.
    private static long Count(JsonElement requests, string operation) =>
        requests.TryGetProperty(operation, out JsonElement count) ? count.GetInt64() : 0;
}
