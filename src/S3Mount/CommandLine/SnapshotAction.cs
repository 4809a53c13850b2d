namespace S3Mount.CommandLine;

/// <summary>What <c>s3mount snapshot</c> is to do.</summary>
internal enum SnapshotAction
{
    Create,
    Show,
    Verify,
}
