using System.Buffers;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing;

/// <summary>Makes the pages of a <see cref="FakeObjectStore"/>. The continuation token is where the next page begins, in Base64.</summary>
internal static class ListPageBuilder
{
    private static readonly byte[] _slash = "/"u8.ToArray();

    public static ListPage Create(ObjectTable objects, in ListPageRequest request, int pageSize)
    {
        var listingRequest = new ObjectListingRequest
        {
            Prefix = request.Prefix.Utf8,
            Delimiter = request.Delimiter ? _slash : default,
            After = request.StartAfter?.Utf8,
            MaxKeys = request.MaxKeys == 0 ? pageSize : Math.Min(request.MaxKeys, pageSize),
        };
        if (request.ContinuationToken is { } token)
            listingRequest = Continue(listingRequest, token);
        ObjectListing listing = objects.List(listingRequest);

        var bytes = new ArrayBufferWriter<byte>(1024);
        var listed = new ListedObject[listing.Objects.Count];
        for (int i = 0; i < listed.Length; i++)
        {
            StoredObject stored = listing.Objects[i];
            listed[i] = new ListedObject(bytes.WrittenCount, stored.Key.Span.Length, stored.Version, stored.StorageClass);
            bytes.Write(stored.Key.Span);
        }
        var prefixes = new ListedPrefix[listing.CommonPrefixes.Count];
        for (int i = 0; i < prefixes.Length; i++)
        {
            ReadOnlySpan<byte> prefix = listing.CommonPrefixes[i].Span;
            prefixes[i] = new ListedPrefix(bytes.WrittenCount, prefix.Length);
            bytes.Write(prefix);
        }
        return new ListPage
        {
            Bytes = bytes.WrittenMemory,
            Objects = listed,
            CommonPrefixes = prefixes,
            NextContinuationToken = listing.IsTruncated ? Token(listing) : null,
        };
    }

    private static string Token(ObjectListing listing) => (listing.LastIsCommonPrefix ? "p" : "k") + Convert.ToBase64String(listing.Last.Span);

    private static ObjectListingRequest Continue(ObjectListingRequest request, string token)
    {
        byte[] after = new byte[token.Length];
        if (token is not ['p' or 'k', ..] || !Convert.TryFromBase64Chars(token.AsSpan(1), after, out int length))
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"List: the continuation token '{token}' is not one of this store's.") { Status = 400, Code = "InvalidArgument" };
        return request with { After = after.AsMemory(0, length), AfterIsCommonPrefix = token[0] == 'p' };
    }
}
