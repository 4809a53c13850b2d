using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>
/// The ceiling for cold reads: plain ranged GETs on SocketsHttpHandler, as many at once as asked, bytes thrown away. No
/// signatures, no file system. Runs in a process of its own.
/// </summary>
internal static class BareClient
{
    // As large as the parts of s3mount, so that both ask for the same ranges.
    private const int Part = 8 << 20;

    public static async Task<ClientResult> ReadAllAsync(Uri bucket, string[] keys, int connections)
    {
        using HttpMessageInvoker http = NewClient(connections);
        int next = -1;
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            byte[] buffer = new byte[1 << 20];
            for (int i = Interlocked.Increment(ref next); i < keys.Length; i = Interlocked.Increment(ref next))
                Interlocked.Add(ref bytes, await GetAsync(http, new Uri(bucket, keys[i]), null, buffer));
        }));
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, keys.Length, bytes);
    }

    public static async Task<ClientResult> ReadOneAsync(Uri bucket, string key, long size, int connections)
    {
        using HttpMessageInvoker http = NewClient(connections);
        long next = -Part;
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            byte[] buffer = new byte[1 << 20];
            for (long from = Interlocked.Add(ref next, Part); from < size; from = Interlocked.Add(ref next, Part))
            {
                var range = new System.Net.Http.Headers.RangeHeaderValue(from, Math.Min(from + Part, size) - 1);
                Interlocked.Add(ref bytes, await GetAsync(http, new Uri(bucket, key), range, buffer));
            }
        }));
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, bytes);
    }

    /// <summary>Every key of the bucket: the directories' listings in parallel, page after page in each.</summary>
    public static async Task<ClientResult> ListAsync(Uri bucket, string[] prefixes, int connections)
    {
        using HttpMessageInvoker http = NewClient(connections);
        int next = -1;
        long keys = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < prefixes.Length; i = Interlocked.Increment(ref next))
                Interlocked.Add(ref keys, await ListPrefixAsync(http, bucket, prefixes[i]));
        }));
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, keys, 0);
    }

    private static async Task<long> ListPrefixAsync(HttpMessageInvoker http, Uri bucket, string prefix)
    {
        string query = $"?list-type=2&delimiter=%2F&encoding-type=url&prefix={Uri.EscapeDataString(prefix)}";
        string token = "";
        long keys = 0;
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(bucket, query + token));
            using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
            string page = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
            keys += page.Split("<Contents>").Length - 1;
            int at = page.IndexOf("<NextContinuationToken>", StringComparison.Ordinal);
            if (at < 0)
                return keys;
            at += "<NextContinuationToken>".Length;
            token = "&continuation-token=" + Uri.EscapeDataString(page[at..page.IndexOf('<', at)]);
        }
    }

    private static async Task<long> GetAsync(HttpMessageInvoker http, Uri uri, System.Net.Http.Headers.RangeHeaderValue? range, byte[] buffer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Range = range;
        using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
        await using Stream body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        long bytes = 0;
        while (await body.ReadAsync(buffer) is > 0 and int read)
            bytes += read;
        return bytes;
    }

    private static HttpMessageInvoker NewClient(int connections) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    });
}
