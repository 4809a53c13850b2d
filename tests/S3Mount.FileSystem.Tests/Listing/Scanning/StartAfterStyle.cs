namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>What a store makes of start-after.</summary>
internal enum StartAfterStyle
{
    Heeded,
    Ignored,
    IgnoredLater,
    Refused,
}
