namespace S3Mount.CommandLine;

/// <summary>What <c>s3mount cache</c> is to do.</summary>
internal enum CacheAction
{
    Stats,
    Verify,
    Clear,
}
