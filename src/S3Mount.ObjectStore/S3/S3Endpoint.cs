using System.Net;

namespace S3Mount.ObjectStore.S3;

/// <summary>Where the requests for one bucket go, and for which region they are signed. Immutable.</summary>
internal sealed class S3Endpoint
{
    // What stands before the first slash of the request: https://bucket.s3.eu-west-1.amazonaws.com
    private readonly string _origin;
    // The path of the bucket, without a slash at its end: empty in virtual-host style.
    private readonly string _bucketPath;

    private S3Endpoint(string scheme, string authority, string bucketPath, string region, string? customUrl)
    {
        _origin = $"{scheme}://{authority}";
        _bucketPath = bucketPath;
        Authority = authority;
        IsSecure = scheme == Uri.UriSchemeHttps;
        Region = region;
        CustomUrl = customUrl;
    }

    /// <summary>The Host header: host, and port where it is not the scheme's own.</summary>
    public string Authority { get; }

    public string Region { get; }

    /// <summary>Given by the user: the host stays the same whatever region the bucket turns out to be in.</summary>
    public bool IsCustom => CustomUrl is not null;

    /// <summary>What the user gave: scheme, host and port, without the bucket. Null for AWS.</summary>
    public string? CustomUrl { get; }

    public bool IsSecure { get; }

    /// <summary>An endpoint of AWS, as the endpoint rules gave it, with the bucket in its host or its path.</summary>
    public static S3Endpoint ForAws(string url, string region)
    {
        var address = new Uri(url);
        return new S3Endpoint(address.Scheme, address.IdnHost + PortOf(address), address.AbsolutePath.TrimEnd('/'), region, customUrl: null);
    }

    /// <summary>An endpoint that the user named: scheme, host and port.</summary>
    public static S3Endpoint ForCustom(Uri address, string bucket, string region, bool pathStyle)
    {
        string host = (address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost) + PortOf(address);
        string url = $"{address.Scheme}://{host}";
        return pathStyle
            ? new S3Endpoint(address.Scheme, host, $"/{bucket}", region, url)
            : new S3Endpoint(address.Scheme, $"{bucket}.{host}", "", region, url);
    }

    /// <summary>
    /// Whether the bucket goes into the path: asked for, or no host of that name can be expected to exist (an IP address,
    /// localhost, a bare host name), or the certificate would not fit (a wildcard covers one label), or the bucket is no host label.
    /// </summary>
    public static bool NeedsPathStyle(Uri address, string bucket, bool forced) =>
        forced
        || address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
        || IPAddress.TryParse(address.Host, out _)
        || !address.Host.Contains('.')
        || (bucket.Contains('.') && address.Scheme == Uri.UriSchemeHttps)
        || !BucketName.IsHostLabel(bucket);

    /// <summary>The same host, signed for another region.</summary>
    public S3Endpoint WithRegion(string region) =>
        new(IsSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, Authority, _bucketPath, region, CustomUrl);

    /// <summary>The path of a key, or of the bucket itself when the key is empty.</summary>
    public string PathOf(ObjectKey key)
    {
        if (key.Span.IsEmpty)
            return _bucketPath.Length == 0 ? "/" : _bucketPath;
        return $"{_bucketPath}/{PercentEncoding.EncodePath(key.Span)}";
    }

    /// <summary>
    /// The address to ask. System.Uri would rewrite <c>%2E</c> and <c>/./</c>: then the signature, or the key, would be another.
    /// </summary>
    public Uri AddressOf(string path, string query) =>
        new(query.Length == 0 ? _origin + path : $"{_origin}{path}?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>
    /// What follows the region in the host, such as <c>.amazonaws.com</c>: a request moved to another region must stay under it.
    /// Null when the host does not name its region.
    /// </summary>
    public string? Domain
    {
        get
        {
            int at = Authority.LastIndexOf($".{Region}.", StringComparison.OrdinalIgnoreCase);
            return at < 0 ? null : Authority[(at + Region.Length + 1)..];
        }
    }

    public override string ToString() => _origin;

    private static string PortOf(Uri address) => address.IsDefaultPort ? "" : $":{address.Port}";
}
