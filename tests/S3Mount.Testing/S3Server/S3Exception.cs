namespace S3Mount.Testing.S3Server;

/// <summary>An answer with an error document (S3 API, "Error responses").</summary>
internal sealed class S3Exception : Exception
{
    public S3Exception(int status, string code, string message)
        : base(message) => (Status, Code) = (status, code);

    public int Status { get; }

    public string Code { get; }

    /// <summary>Elements of the document besides code and message.</summary>
    public IReadOnlyList<(string Name, string Value)> Details { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public static S3Exception AccessDenied(string message = "Access Denied") => new(403, "AccessDenied", message);

    public static S3Exception InvalidArgument(string message) => new(400, "InvalidArgument", message);

    public static S3Exception InvalidUri() => new(400, "InvalidURI", "Couldn't parse the specified URI.");

    public static S3Exception MalformedXml() => new(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");

    public static S3Exception NoSuchBucket(string bucket) => new(404, "NoSuchBucket", "The specified bucket does not exist") { Details = [("BucketName", bucket)] };

    public static S3Exception NoSuchKey(string key) => new(404, "NoSuchKey", "The specified key does not exist.") { Details = [("Key", key)] };

    public static S3Exception NoSuchUpload() => new(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.");

    public static S3Exception NotImplemented() => new(501, "NotImplemented", "A header or query you provided implies functionality that is not implemented");

    public static S3Exception PreconditionFailed(string condition) =>
        new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold") { Details = [("Condition", condition)] };
}
