using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Makes snapshot files. Any thread.</summary>
public static class SnapshotWriter
{
    /// <summary>
    /// Lists everything under the prefix and writes it to a file, which appears when it is complete, in place of a snapshot that
    /// was there before; when anything fails nothing has changed. The listing takes as long as the store does; memory is needed
    /// for the directories on the way to the latest key alone.
    /// </summary>
    /// <returns>What the file holds.</returns>
    /// <exception cref="SnapshotException">
    /// <see cref="SnapshotFailure.Unwritable"/>: the file cannot be written, or is there and is no snapshot.
    /// <see cref="SnapshotFailure.Unlistable"/>: there is nothing under the prefix, or no snapshot can hold what is.
    /// </exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public static async Task<SnapshotSummary> CreateAsync(
        IObjectStore store, SnapshotOrigin origin, string path, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        DateTimeOffset madeAt = timeProvider.GetUtcNow();
        return await WriteAsync(origin, path, madeAt, ListAsync, cancellationToken).ConfigureAwait(false);

        async Task ListAsync(TreeBuilder builder, CancellationToken cancellation)
        {
            await ListingReader.ReadAsync(store, origin.Prefix, builder, cancellation).ConfigureAwait(false);
            if (builder.Keys == 0)
                throw new SnapshotException(SnapshotFailure.Unlistable, $"there is nothing under {origin.Url}, so no snapshot was made: check bucket and prefix");
        }
    }

    /// <summary>Writes a snapshot of keys that somebody else knows; as <see cref="CreateAsync"/> in all else.</summary>
    /// <param name="madeAt">When it was known what these keys are.</param>
    /// <param name="fill">Adds all keys, in the order of their bytes.</param>
    internal static async Task<SnapshotSummary> WriteAsync(
        SnapshotOrigin origin, string path, DateTimeOffset madeAt, Func<TreeBuilder, CancellationToken, Task> fill, CancellationToken cancellationToken)
    {
        try
        {
            SnapshotPlace.ThrowIfForeign(path, SnapshotKind.Pinned);
            using var file = new ReplacedFile(path);
            var writer = new SnapshotFileWriter(file.Stream);
            using var builder = new TreeBuilder(writer);
            await fill(builder, cancellationToken).ConfigureAwait(false);
            byte[] digest = builder.Complete();
            SummaryRecord summary = Summary(builder, digest, madeAt.ToUnixTimeSeconds());
            writer.Complete(summary, origin, builder.Strings);
            cancellationToken.ThrowIfCancellationRequested();
            file.Commit();
            return summary.ToSummary(origin);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is UnauthorizedAccessException ? "permission denied" : e is DirectoryNotFoundException ? "no such directory" : e.Message;
            throw new SnapshotException(SnapshotFailure.Unwritable, $"{path} cannot be written: {reason}", e);
        }
    }

    private static SummaryRecord Summary(TreeBuilder builder, byte[] digest, long madeAt)
    {
        var summary = new SummaryRecord
        {
            MadeAt = madeAt,
            Files = builder.Files,
            Directories = builder.Directories,
            Bytes = builder.Bytes,
            HiddenKeys = builder.Hidden,
            ShadowedKeys = builder.Shadowed,
        };
        digest.CopyTo(summary.Digest);
        return summary;
    }
}
