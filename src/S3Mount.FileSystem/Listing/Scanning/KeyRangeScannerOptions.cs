namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>How much a <see cref="KeyRangeScanner"/> may ask for and hold.</summary>
internal sealed record KeyRangeScannerOptions
{
    /// <summary>
    /// Three quarters of the 64 connections that a store has by default: reads and lookups go on beside a scan.
    /// </summary>
    public const int DefaultMaxRequests = 48;

    /// <summary>
    /// 300 pages of 1,000 names of 50 bytes (110 KB each, with the version of each object): six for each of 48 requests, so
    /// that a request that comes to the end of a sub-range is a sixth of its requests at most.
    /// </summary>
    public const long DefaultMaxBytesAhead = 32 << 20;

    /// <summary>List pages asked for at once by all scans together.</summary>
    public int MaxRequests { get; init; } = DefaultMaxRequests;

    /// <summary>
    /// Somebody waits for the first page of each range, and there are no more ranges than readers: it is asked for beside those of
    /// <see cref="MaxRequests"/>.
    /// </summary>
    public bool IsFirstPageWaitedFor { get; init; }

    /// <summary>Bytes of pages that one scan holds, or is waiting for, ahead of its consumer. Beyond it only the page that the consumer waits for is asked for.</summary>
    public long MaxBytesAhead { get; init; } = DefaultMaxBytesAhead;

    /// <summary>The same in pages as large as the largest so far.</summary>
    public int MaxPagesAhead { get; init; } = int.MaxValue;
}
