using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Lists everything under a prefix into a <see cref="TreeBuilder"/>.</summary>
internal static class ListingReader
{
    /// <param name="prefix">Empty, or ends in a slash.</param>
    /// <exception cref="ObjectStoreException"/>
    /// <exception cref="SnapshotException"/>
    public static async Task ReadAsync(IObjectStore store, string prefix, TreeBuilder builder, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(prefix);
        var scanner = new TreeScanner(store);
        await foreach (ListPage page in scanner.ScanAsync(new KeyRange { Prefix = key }, cancellationToken))
            Add(page, key, builder);
    }

    private static void Add(ListPage page, ObjectKey prefix, TreeBuilder builder)
    {
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            ReadOnlySpan<byte> key = page.KeyOf(listed);
            if (!key.StartsWith(prefix.Span))
                throw new ObjectStoreException(ObjectStoreFailure.Malformed, $"the store lists '{new ObjectKey(key.ToArray())}', which is not under '{prefix}'") { Key = prefix };
            builder.Add(key[prefix.Span.Length..], listed.Version, listed.StorageClass);
        }
    }
}
