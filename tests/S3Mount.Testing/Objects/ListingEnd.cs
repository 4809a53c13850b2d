namespace S3Mount.Testing.Objects;

/// <summary>Where a page ends.</summary>
/// <param name="Count">Objects and common prefixes together.</param>
/// <param name="Last">The last key or common prefix; the next page comes after it.</param>
internal readonly record struct ListingEnd(int Count, bool IsTruncated, ReadOnlyMemory<byte> Last, bool LastIsCommonPrefix);
