using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>A page that a <see cref="ScanPlan"/> wants, and the segment that it is for.</summary>
internal sealed record PageOrder(KeySegment Segment, ListPageRequest Request);
