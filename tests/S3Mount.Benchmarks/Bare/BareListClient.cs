using System.Diagnostics;
using System.Globalization;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Bare;

/// <summary>The listings of all directories of a plan in parallel, page after page in each.</summary>
internal sealed class BareListClient(BareHttp http, Workload workload) : IReadClient
{
    private readonly string[] _prefixes = [.. ReadRange.ReadPlan(workload.Plan).Select(read => read.Key[..(read.Key.LastIndexOf('/') + 1)]).Distinct()];

    public async Task<ClientResult> RunAsync()
    {
        int next = -1;
        long keys = 0, bytes = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workload.Threads).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < _prefixes.Length; i = Interlocked.Increment(ref next))
            {
                (long count, long size) = await ListAsync(_prefixes[i]);
                Interlocked.Add(ref keys, count);
                Interlocked.Add(ref bytes, size);
            }
        }));
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, keys, bytes);
    }

    private async Task<(long Keys, long Bytes)> ListAsync(string prefix)
    {
        string query = $"?list-type=2&delimiter=%2F&encoding-type=url&prefix={Uri.EscapeDataString(prefix)}";
        string token = "";
        long keys = 0, bytes = 0;
        while (true)
        {
            string page = await http.GetTextAsync(query + token);
            for (int at = 0; Next(page, "Size", ref at) is { } size; keys++)
                bytes += long.Parse(size, CultureInfo.InvariantCulture);
            int position = 0;
            if (Next(page, "NextContinuationToken", ref position) is not { } nextToken)
                return (keys, bytes);
            token = "&continuation-token=" + Uri.EscapeDataString(nextToken);
        }
    }

    // The text of the next element of this name.
    private static string? Next(string page, string name, ref int position)
    {
        string tag = $"<{name}>";
        int start = page.IndexOf(tag, position, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += tag.Length;
        position = page.IndexOf('<', start);
        return page[start..position];
    }
}
