namespace S3Mount.ObjectStore.S3;

/// <summary>An error document (S3 API, "REST error responses"), or what of it could be read.</summary>
internal sealed record S3Error(string? Code, string? Message, string? Region, string? RequestId)
{
    /// <summary>Where a redirect points; only ever shown.</summary>
    public string? Endpoint { get; init; }

    public static S3Error Unknown { get; } = new(null, null, null, null);
}
