using System.Globalization;
using System.Text;
using System.Xml.Linq;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Signing;

namespace S3Mount.Testing;

/// <summary>
/// Puts objects into a bucket of any endpoint, under keys of any kind: AWSSDK.S3 would sign <c>/a</c> as another key than it
/// asks for. Any thread.
/// </summary>
public sealed class S3Uploader : IDisposable
{
    // Enough to keep a local store busy on a few processors.
    private const int Concurrency = 16;
    // Above this size objects are sent in parts, a few at a time, which need not lie in memory all together.
    private const int PartSize = 32 << 20;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null });
    private readonly string _endpointUrl;
    private readonly string _accessKey;
    private readonly string _secretKey;
    private readonly string _region;

    public S3Uploader(string endpointUrl, string accessKey, string secretKey, string region = "us-east-1") =>
        (_endpointUrl, _accessKey, _secretKey, _region) = (endpointUrl.TrimEnd('/'), accessKey, secretKey, region);

    public async Task CreateBucketAsync(string bucket, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, "/" + bucket, "", [], cancellationToken);
    }

    /// <summary>Returns the ETag without quotes.</summary>
    public Task<string> PutAsync(string bucket, string key, byte[] bytes, CancellationToken cancellationToken = default) =>
        PutToAsync(PathOf(bucket, key), "", bytes, cancellationToken);

    /// <summary>A ramp, in parts where it is large.</summary>
    public async Task<string> PutRampAsync(string bucket, string key, long length, int seed = 0, CancellationToken cancellationToken = default)
    {
        var content = new RampContent(seed, length);
        if (length <= PartSize)
            return await PutAsync(bucket, key, content.ToArray(), cancellationToken);
        string path = PathOf(bucket, key);
        string uploadId = (await PostAsync(path, "uploads=", [], "UploadId", cancellationToken)).Value;
        string[] tags = new string[(length + PartSize - 1) / PartSize];
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, tags.Length, options, async (index, token) =>
        {
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(PartSize, length - (long)index * PartSize));
            content.CopyTo((long)index * PartSize, bytes);
            tags[index] = await PutToAsync(path, string.Create(CultureInfo.InvariantCulture, $"partNumber={index + 1}&uploadId={Uri.EscapeDataString(uploadId)}"), bytes, token);
        });
        var parts = new XElement("CompleteMultipartUpload", tags.Select((tag, index) => new XElement("Part", new XElement("PartNumber", index + 1), new XElement("ETag", tag))));
        await PostAsync(path, $"uploadId={Uri.EscapeDataString(uploadId)}", Encoding.UTF8.GetBytes(parts.ToString()), "ETag", cancellationToken);
        // radosgw 16.2.15 leaves the element empty.
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, path, "", [], cancellationToken);
        return head.Headers.GetValues("ETag").Single().Trim('"');
    }

    /// <summary>All files under a prefix.</summary>
    public Task PutAsync(string bucket, string prefix, IEnumerable<DatasetFile> files, CancellationToken cancellationToken = default) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (file, token) => await PutAsync(bucket, prefix + file.Name, file.Bytes, token));

    public async Task DeleteAsync(string bucket, string key, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, PathOf(bucket, key), "", [], cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string bucket, string key)
    {
        var path = new StringBuilder("/").Append(bucket).Append('/');
        PercentEncoding.AppendCanonical(path, Encoding.UTF8.GetBytes(key), keepSlashes: true);
        return path.ToString();
    }

    private async Task<string> PutToAsync(string path, string query, byte[] bytes, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, path, query, bytes, cancellationToken);
        return response.Headers.GetValues("ETag").Single().Trim('"');
    }

    // A completed upload may be answered with 200 and an error document (S3 API, CompleteMultipartUpload); it lacks the element.
    private async Task<XElement> PostAsync(string path, string query, byte[] bytes, string element, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, path, query, bytes, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return XElement.Parse(text).Elements().FirstOrDefault(child => child.Name.LocalName == element)
            ?? throw new HttpRequestException($"POST {path}: {text}");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string query, byte[] bytes, CancellationToken cancellationToken)
    {
        string target = query.Length == 0 ? path : $"{path}?{query}";
        var uri = new Uri(_endpointUrl + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri) { Content = new ByteArrayContent(bytes) };
        Sign(request, path, query);
        HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        response.Dispose();
        throw new HttpRequestException($"{method} {target}: {(int)response.StatusCode} {text}", inner: null, response.StatusCode);
    }

    private void Sign(HttpRequestMessage request, string path, string query)
    {
        string timestamp = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string scope = $"{timestamp[..8]}/{_region}/s3/aws4_request";
        const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date";
        const string Payload = "UNSIGNED-PAYLOAD";
        string canonical = $"{request.Method}\n{path}\n{query}\nhost:{request.RequestUri!.Authority}\nx-amz-content-sha256:{Payload}\nx-amz-date:{timestamp}\n\n{SignedHeaders}\n{Payload}";
        string signature = SigV4Key.Sign(SigV4Key.Derive(_secretKey, timestamp[..8], _region), SigV4Key.StringToSign(canonical, timestamp, scope));
        request.Headers.TryAddWithoutValidation("x-amz-date", timestamp);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", Payload);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={_accessKey}/{scope}, SignedHeaders={SignedHeaders}, Signature={signature}");
    }
}
