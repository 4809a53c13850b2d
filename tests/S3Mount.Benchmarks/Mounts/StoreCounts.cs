using System.Text.Json;

namespace S3Mount.Benchmarks.Mounts;

/// <summary>What the store has been asked: its own count, not the daemon's.</summary>
internal readonly record struct StoreCounts(long Gets, long Lists, long Heads, long Bytes)
{
    public static StoreCounts operator -(StoreCounts after, StoreCounts before) =>
        new(after.Gets - before.Gets, after.Lists - before.Lists, after.Heads - before.Heads, after.Bytes - before.Bytes);

    public static StoreCounts Read(JsonElement stats) => new(
        stats.GetProperty("get").GetInt64(),
        stats.GetProperty("list").GetInt64(),
        stats.GetProperty("head").GetInt64(),
        stats.GetProperty("bytesSent").GetInt64());
}
