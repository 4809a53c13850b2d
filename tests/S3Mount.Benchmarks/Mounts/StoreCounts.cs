using System.Text.Json;

namespace S3Mount.Benchmarks.Mounts;

/// <summary>What the store has been asked: its own count, not the daemon's.</summary>
internal readonly record struct StoreCounts(long Gets, long Lists, long Heads, long Bytes)
{
    public static StoreCounts operator -(StoreCounts after, StoreCounts before) =>
        new(after.Gets - before.Gets, after.Lists - before.Lists, after.Heads - before.Heads, after.Bytes - before.Bytes);

    public static StoreCounts Read(JsonElement stats)
    {
        JsonElement requests = stats.GetProperty("requests");
        return new(
            Count(requests, "GetObject"),
            Count(requests, "ListObjectsV2") + Count(requests, "ListObjects"),
            Count(requests, "HeadObject"),
            stats.GetProperty("bytesSent").GetInt64());
    }

    // An operation that has not been asked for yet is not in the statistics.
    private static long Count(JsonElement requests, string operation) =>
        requests.TryGetProperty(operation, out JsonElement count) ? count.GetInt64() : 0;
}
