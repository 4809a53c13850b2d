using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>An open bucket, and what the store tells of itself.</summary>
/// <param name="Region">That requests are signed for now.</param>
/// <param name="Compared">Reads whose bytes were compared with a checksum so far.</param>
/// <param name="Throttled">Requests refused because there were too many.</param>
internal sealed record ExaminedStore(IObjectStore Store, string Region, Func<long> BytesRead, Func<long> Compared, Func<long> Throttled);
