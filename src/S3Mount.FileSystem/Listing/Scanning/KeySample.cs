namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>A stretch of the key space in which the keys have been counted.</summary>
/// <param name="From">A key.</param>
/// <param name="To">A later one.</param>
/// <param name="Keys">Keys and common prefixes behind the first, up to the second.</param>
internal sealed record KeySample(byte[] From, byte[] To, long Keys);
