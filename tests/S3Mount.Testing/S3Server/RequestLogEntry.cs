using S3Mount.ObjectStore;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server;

/// <summary>One request that has come.</summary>
public sealed class RequestLogEntry
{
    internal RequestLogEntry(S3Request request) =>
        (Operation, Method, Target, Bucket, Key, Headers, RequestId) = (request.Operation, request.Method, request.Target, request.Bucket, request.Key, request.Headers, request.RequestId);

    public S3Operation Operation { get; }

    public string Method { get; }

    /// <summary>As it stood on the wire.</summary>
    public string Target { get; }

    public string? Bucket { get; }

    public ObjectKey? Key { get; }

    public HeaderList Headers { get; }

    public string? Range => Headers["Range"];

    public string RequestId { get; }

    /// <summary>0 until there is an answer.</summary>
    public int Status { get; internal set; }
}
