namespace S3Mount.ObjectStore.S3;

/// <summary>HeadObject.</summary>
internal sealed class HeadObject(ObjectKey key) : S3Operation
{
    public override S3OperationKind Kind => S3OperationKind.Head;

    public override ObjectKey Key => key;

    public override ObjectKey PathKey => key;

    /// <summary>Set once the operation has succeeded.</summary>
    public ObjectInfo? Info { get; private set; }

    public override ValueTask<S3Error?> TakeAsync(HttpResponseMessage response, TryClock clock)
    {
        if (response.Content.Headers.ContentLength is not { } size)
            throw UnusableAnswerException.Malformed("the answer has no Content-Length");
        ETag etag = ETag.Parse(HeaderOf(response.Headers, "ETag"));
        long lastModified = S3Time.ParseHttp(HeaderOf(response.Content.Headers, "Last-Modified"))?.ToUnixTimeSeconds() ?? 0;
        string storageClass = HeaderOf(response.Headers, "x-amz-storage-class") is { } name
            ? StorageClassNames.Intern(System.Text.Encoding.UTF8.GetBytes(name), StorageClass.Standard)
            : StorageClass.Standard;
        Info = new ObjectInfo(key, new ObjectVersion(etag, size, lastModified), storageClass);
        return new ValueTask<S3Error?>((S3Error?)null);
    }
}
