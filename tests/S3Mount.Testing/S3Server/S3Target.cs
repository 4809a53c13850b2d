using S3Mount.ObjectStore;

namespace S3Mount.Testing.S3Server;

/// <summary>A request target taken apart: bucket and key, in path style or virtual-host style, and the query.</summary>
internal sealed class S3Target
{
    public string? Bucket { get; private init; }

    public ObjectKey? Key { get; private init; }

    public required byte[] DecodedPath { get; init; }

    public required S3Query Query { get; init; }

    /// <param name="hostSuffix">A host <c>bucket.suffix</c> names a bucket; a host without it is in path style.</param>
    public static S3Target Parse(string target, string? host, string hostSuffix)
    {
        string path = target;
        int question = path.IndexOf('?', StringComparison.Ordinal);
        S3Query query = S3Query.Parse(question < 0 ? "" : path[(question + 1)..]);
        if (question >= 0)
            path = path[..question];
        path = WithoutAuthority(path);

        byte[] decoded = PercentEncoding.Decode(path, plusIsSpace: false);
        if (BucketOfHost(host, hostSuffix) is { } bucket)
            return new S3Target { Bucket = bucket, Key = KeyOf(decoded.AsMemory(1)), DecodedPath = decoded, Query = query };
        int slash = path.IndexOf('/', 1);
        string bucketPart = slash < 0 ? path[1..] : path[1..slash];
        if (bucketPart.Length == 0)
            return new S3Target { DecodedPath = decoded, Query = query };
        return new S3Target
        {
            Bucket = System.Text.Encoding.UTF8.GetString(PercentEncoding.Decode(bucketPart, plusIsSpace: false)),
            Key = slash < 0 ? null : KeyOf(PercentEncoding.Decode(path[(slash + 1)..], plusIsSpace: false)),
            DecodedPath = decoded,
            Query = query,
        };
    }

    private static ObjectKey? KeyOf(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
            return null;
        if (utf8.Length > ObjectKey.MaxLength)
            throw new S3Exception(400, "KeyTooLongError", "Your key is too long");
        return System.Text.Unicode.Utf8.IsValid(utf8.Span) ? new ObjectKey(utf8) : throw S3Exception.InvalidUri();
    }

    // RFC 9112, 3.2.2: a request to a proxy names its host in the target.
    private static string WithoutAuthority(string path)
    {
        if (path.StartsWith('/'))
            return path;
        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        int slash = scheme < 0 ? -1 : path.IndexOf('/', scheme + 3);
        return slash < 0 ? throw S3Exception.InvalidUri() : path[slash..];
    }

    private static string? BucketOfHost(string? host, string hostSuffix)
    {
        if (host is null)
            return null;
        int colon = host.LastIndexOf(':');
        string name = colon < 0 ? host : host[..colon];
        return name.Length > hostSuffix.Length + 1 && name.EndsWith("." + hostSuffix, StringComparison.OrdinalIgnoreCase)
            ? name[..^(hostSuffix.Length + 1)]
            : null;
    }
}
