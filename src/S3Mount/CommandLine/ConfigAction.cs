namespace S3Mount.CommandLine;

/// <summary>What <c>s3mount config</c> is to do.</summary>
internal enum ConfigAction
{
    Check,
    Show,
}
