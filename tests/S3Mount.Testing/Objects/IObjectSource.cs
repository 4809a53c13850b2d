using System.Diagnostics.CodeAnalysis;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.Objects;

/// <summary>What is in a bucket, held or computed, listed in the order of the keys' UTF-8 bytes. Any thread.</summary>
internal interface IObjectSource
{
    /// <summary>0 where there is none; else about how many.</summary>
    int Count { get; }

    bool TryGet(ObjectKey key, [NotNullWhen(true)] out StoredObject? stored);

    bool Remove(ObjectKey key);

    /// <summary>Tells the sink one page. It wants at least one key.</summary>
    ListingEnd List(in ObjectListingRequest request, IListingSink sink);
}
