using System.Globalization;
using System.Text.Json;

namespace S3Mount.MountTests;

/// <summary>What the processes of <c>clients/faulty_readers.py</c> have done and met, all together.</summary>
internal sealed record FaultyReading(IReadOnlyDictionary<string, long> Done, IReadOnlyDictionary<string, long> Errors, IReadOnlyList<string> Wrong, double Slowest)
{
    private IReadOnlyDictionary<string, long> Times { get; init; } = new Dictionary<string, long>();

    /// <param name="lines">One of each process.</param>
    public static FaultyReading Parse(IEnumerable<string> lines)
    {
        var done = new Dictionary<string, long>();
        var errors = new Dictionary<string, long>();
        var wrong = new List<string>();
        var times = new Dictionary<string, long>();
        double slowest = 0;
        foreach (string line in lines)
        {
            using var document = JsonDocument.Parse(line);
            Add(done, document.RootElement.GetProperty("done"));
            Add(errors, document.RootElement.GetProperty("errors"));
            Add(times, document.RootElement.GetProperty("times"));
            wrong.AddRange(document.RootElement.GetProperty("wrong").EnumerateArray().Select(text => text.GetString()!));
            slowest = Math.Max(slowest, document.RootElement.GetProperty("slowest").GetDouble());
        }
        return new FaultyReading(done, errors, wrong, slowest) { Times = times };
    }

    /// <summary>The time that so much of the reads that came back took at most; the script counts them by quarters of an octave.</summary>
    public TimeSpan Percentile(double of100)
    {
        long left = (long)(Times.Values.Sum() * of100 / 100);
        foreach ((string step, long count) in Times.OrderBy(time => int.Parse(time.Key, CultureInfo.InvariantCulture)))
        {
            left -= count;
            if (left < 0)
                return TimeSpan.FromMicroseconds(Math.Pow(2, (int.Parse(step, CultureInfo.InvariantCulture) + 0.5) / 4));
        }
        return TimeSpan.Zero;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"done {Text(Done)}; errors {Text(Errors)}; wrong {Wrong.Count}; READs p50 {Percentile(50).TotalMilliseconds:f2} ms, p99 {Percentile(99).TotalMilliseconds:f1} ms, p99.9 {Percentile(99.9).TotalMilliseconds:f1} ms; slowest use of a file {Slowest:f2} s");

    private static void Add(Dictionary<string, long> sums, JsonElement counts)
    {
        foreach (JsonProperty count in counts.EnumerateObject())
            sums[count.Name] = sums.GetValueOrDefault(count.Name) + count.Value.GetInt64();
    }

    private static string Text(IReadOnlyDictionary<string, long> counts) => string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"));
}
