using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Tells in what the store differs from a snapshot. Any thread.</summary>
public static class SnapshotVerifier
{
    /// <summary>
    /// Lists everything under the prefix again and compares. Objects are told apart by ETag and size, those without an ETag by
    /// LastModified and size; an object that was written again with the same bytes is the same.
    /// </summary>
    /// <param name="mostNamed">How many differences are named; all are counted.</param>
    /// <exception cref="SnapshotException"><see cref="SnapshotFailure.Unlistable"/>: the store lists out of order.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public static async Task<SnapshotDifferences> VerifyAsync(SnapshotFile snapshot, IObjectStore store, int mostNamed, CancellationToken cancellationToken)
    {
        var comparer = new SnapshotComparer(snapshot, mostNamed);
        using var builder = new TreeBuilder(comparer);
        await ListingReader.ReadAsync(store, snapshot.Summary.Origin.Prefix, builder, cancellationToken).ConfigureAwait(false);
        string digest = SnapshotDigest.ToText(builder.Complete());
        return new SnapshotDifferences
        {
            Added = comparer.Count(SnapshotDifferenceKind.Added),
            Removed = comparer.Count(SnapshotDifferenceKind.Removed),
            Changed = comparer.Count(SnapshotDifferenceKind.Changed),
            First = comparer.First,
            Digest = digest,
            IsSameDigest = digest == snapshot.Summary.Digest,
        };
    }
}
