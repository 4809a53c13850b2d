using System.Text;

namespace S3Mount.Testing.Objects;

public sealed partial class ObjectTable : IObjectSource
{
    ListingEnd IObjectSource.List(in ObjectListingRequest request, IListingSink sink)
    {
        ObjectListing listing = List(request);
        foreach (StoredObject stored in listing.Objects)
            Add(sink, stored);
        foreach (ReadOnlyMemory<byte> prefix in listing.CommonPrefixes)
            sink.AddCommonPrefix(prefix.Span);
        return new ListingEnd(listing.Count, listing.IsTruncated, listing.Last, listing.LastIsCommonPrefix);
    }

    internal static void Add(IListingSink sink, StoredObject stored) => sink.AddObject(stored.Key.Span, new ListedAttributes
    {
        QuotedETag = Encoding.UTF8.GetBytes(stored.QuotedETag),
        Size = stored.Size,
        LastModified = stored.LastModified.UtcDateTime,
        StorageClass = stored.StorageClass,
    });
}
