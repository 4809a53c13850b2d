using S3Mount.ObjectStore;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server;

/// <summary>A request as S3 understands it.</summary>
public sealed class S3Request
{
    private readonly ServerRequest _http;

    internal S3Request(ServerRequest http, S3Target target)
    {
        _http = http;
        Bucket = target.Bucket;
        Key = target.Key;
        DecodedPath = target.DecodedPath;
        Query = target.Query;
        ContinuationToken = Query.Text("continuation-token");
        Operation = S3OperationOf.Request(http.Method, target, http.Headers);
        RequestId = S3RequestId.Next();
    }

    public S3Operation Operation { get; }

    public string Method => _http.Method;

    /// <summary>The target as it stood on the wire.</summary>
    public string Target => _http.Target;

    public HeaderList Headers => _http.Headers;

    /// <summary>Null for the service itself.</summary>
    public string? Bucket { get; }

    /// <summary>Null for a bucket.</summary>
    public ObjectKey? Key { get; }

    public string RequestId { get; }

    internal S3Query Query { get; }

    /// <summary>The unescaped path, which the signature is over.</summary>
    internal byte[] DecodedPath { get; }

    internal HttpConnection Connection => _http.Connection;

    internal RequestBody Body => _http.Body;

    /// <summary>Where a listing goes on; null at its beginning. A fault may turn it elsewhere.</summary>
    internal string? ContinuationToken { get; set; }

    /// <summary>A fault: If-Match and its kin count for nothing.</summary>
    internal bool IgnoresConditions { get; set; }

    /// <summary>A fault: the whole object is sent.</summary>
    internal bool IgnoresRange { get; set; }

    /// <summary>Has something done once the answer is sent, or cannot be.</summary>
    internal void WhenAnswered(Action action) => _http.WhenAnswered(action);

    /// <summary>A key, or the prefix of a listing; empty for all else.</summary>
    public ObjectKey Subject => Key ?? new ObjectKey(Query.Bytes("prefix") ?? []);
}
