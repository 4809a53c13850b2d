using System.Diagnostics;
using System.Text;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Bare;

/// <summary>All keys of a prefix without a delimiter: one series of pages for each range between the keys of the plan, all at once.</summary>
internal sealed class BareRangeClient(BareHttp http, Workload workload) : IReadClient
{
    private readonly string[] _bounds = [.. ReadRange.ReadPlan(workload.Plan).Select(read => read.Key)];

    public async Task<ClientResult> RunAsync()
    {
        long start = Stopwatch.GetTimestamp();
        long[] keys = await Task.WhenAll(Enumerable.Range(0, _bounds.Length + 1).Select(ListAsync));
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, keys.Sum(), 0);
    }

    // Behind one bound, up to and including the next.
    private async Task<long> ListAsync(int range)
    {
        var buffer = new ByteBuffer();
        string query = BarePage.Query + Uri.EscapeDataString(workload.Prefix);
        if (range > 0)
            query += "&start-after=" + Uri.EscapeDataString(_bounds[range - 1]);
        byte[]? last = range < _bounds.Length ? Encoding.UTF8.GetBytes(_bounds[range]) : null;
        long keys = 0;
        for (string? token = ""; token is not null;)
        {
            int length = await http.GetBytesAsync(query + token, buffer);
            int found = BarePage.CountKeys(buffer.First(length));
            int within = last is null ? found : BarePage.CountKeysUpTo(buffer.First(length), last);
            keys += within;
            token = within < found ? null : BarePage.Continuation(buffer.First(length));
        }
        return keys;
    }
}
