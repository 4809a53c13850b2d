using System.Net.Http.Headers;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Bare;

/// <summary>Plain GETs on SocketsHttpHandler, bytes thrown away: no signatures, no file system. The ceiling for cold reads.</summary>
internal sealed class BareHttp : IDisposable
{
    // Of each connection before the clock runs.
    private const int WarmUpRequests = 8;

    private readonly Uri _bucket;
    private readonly HttpMessageInvoker _http;

    private BareHttp(Workload workload)
    {
        _bucket = new Uri(workload.Root);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = workload.Threads,
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
    }

    /// <summary>With every connection open and its code compiled, that for ranges too.</summary>
    public static async Task<BareHttp> ConnectAsync(Workload workload)
    {
        var http = new BareHttp(workload);
        ReadRange[] reads = ReadRange.ReadPlan(workload.WarmUpPlan);
        await Task.WhenAll(Enumerable.Range(0, workload.Threads).Select(async index =>
        {
            byte[] buffer = new byte[1 << 20];
            for (int i = 0; i < WarmUpRequests; i++)
                await http.ReadAsync(reads[(index + i) % reads.Length].Key, i == 0 ? new RangeHeaderValue(0, 0) : null, buffer);
        }));
        return http;
    }

    public void Dispose() => _http.Dispose();

    public async Task<string> GetTextAsync(string query)
    {
        using HttpResponseMessage response = await SendAsync(query, null);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Reads an answer to its end into a buffer, which grows where it must; returns its length.</summary>
    public async Task<int> GetBytesAsync(string query, ByteBuffer buffer)
    {
        using HttpResponseMessage response = await SendAsync(query, null);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        int length = 0;
        while (await body.ReadAsync(buffer.From(length)) is > 0 and int read)
            length += read;
        return length;
    }

    /// <summary>The whole object, or a range of it.</summary>
    public async Task<long> ReadAsync(string key, RangeHeaderValue? range, Memory<byte> buffer)
    {
        using HttpResponseMessage response = await SendAsync(key, range);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        long bytes = 0;
        while (await body.ReadAsync(buffer) is > 0 and int read)
            bytes += read;
        return bytes;
    }

    /// <summary>The answer when its head has come.</summary>
    public async Task<HttpResponseMessage> SendAsync(string target, RangeHeaderValue? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_bucket, target));
        request.Headers.Range = range;
        return (await _http.SendAsync(request, CancellationToken.None)).EnsureSuccessStatusCode();
    }
}
