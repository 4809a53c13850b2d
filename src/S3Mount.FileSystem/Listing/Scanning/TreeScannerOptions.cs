namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>How much a <see cref="TreeScanner"/> may ask for and hold.</summary>
internal sealed record TreeScannerOptions
{
    /// <summary>List pages asked for at once, and spans listed at once.</summary>
    public int MaxRequests { get; init; } = KeyRangeScannerOptions.DefaultMaxRequests;

    /// <summary>
    /// Bytes of pages held ahead of the consumer; two pages a span come on top, and half as much again where the consumer has come
    /// to one that is listed over several requests. 64 MiB are 400 pages of 1,000 names of 50 bytes
    /// with their versions: eight for each of 48 spans, more than <see cref="PagesPerSpan"/>.
    /// </summary>
    public long MaxBytesAhead { get; init; } = 64 << 20;

    /// <summary>
    /// Pages that a span of several directories is meant to have. Half of a page is listed in vain at the end of each: of six, a
    /// twelfth.
    /// </summary>
    public int PagesPerSpan { get; init; } = 6;

    /// <summary>
    /// Pages after which the store is asked for the directories in the rest of a span: twice what it was meant to have. Then again
    /// after twice as many, and so on.
    /// </summary>
    public int PagesBeforeSurvey { get; init; } = 12;

    /// <summary>The same for the span with which a scan begins. Two pages have a thousand keys to count directories by, at the least.</summary>
    public int PagesBeforeFirstSurvey { get; init; } = 2;
}
