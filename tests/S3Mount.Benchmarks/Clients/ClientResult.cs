using System.Text.Json;

namespace S3Mount.Benchmarks.Clients;

/// <summary>What a client program measured in one pass: a line of JSON on its standard output, read back by the bench.</summary>
/// <param name="MedianMicroseconds">Of the single reads, where a workload times them; else 0.</param>
/// <param name="Digest">SHA-256 in hex over the names of all files, in their order, with line feeds between; empty where only counted.</param>
/// <param name="IsPartial">Its time was over before it was done: the seconds are a lower bound, files and bytes what it had by then, where it said so.</param>
/// <param name="CpuSeconds">Of a bare client's process while the pass ran; 0 for readers of files, whose own CPU is not what is compared.</param>
internal readonly record struct ClientResult(
    double Seconds, long Files, long Bytes, double MedianMicroseconds = 0, long Directories = 0, string Digest = "", bool IsPartial = false, double CpuSeconds = 0)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Of each file, where a workload times them all.</summary>
    public ReadTimes? Times { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, _json);

    public static ClientResult Parse(string line) => JsonSerializer.Deserialize<ClientResult>(line, _json);

    /// <summary>With the median of latencies in timestamps of the stopwatch; sorts them.</summary>
    public ClientResult WithMedian(long[] latencies)
    {
        Array.Sort(latencies);
        return this with { MedianMicroseconds = latencies[latencies.Length / 2] * 1e6 / System.Diagnostics.Stopwatch.Frequency };
    }
}
