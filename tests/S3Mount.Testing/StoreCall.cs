using S3Mount.ObjectStore;

namespace S3Mount.Testing;

/// <summary>One call of a <see cref="FakeObjectStore"/>, as it came.</summary>
/// <param name="Number">1 for the first call of this operation.</param>
/// <param name="Key">The prefix, for a listing.</param>
/// <param name="Offset">Of a ranged read.</param>
/// <param name="Length">Of a ranged read.</param>
/// <param name="List">Of a listing, the request.</param>
public sealed record StoreCall(StoreOperation Operation, int Number, ObjectKey Key, long Offset = 0, int Length = 0, ListPageRequest? List = null);
