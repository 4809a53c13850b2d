using S3Mount.Configuration;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Hosting;

/// <summary>Whether a snapshot is one of what is mounted, and its objects can be read.</summary>
internal static class SnapshotCheck
{
    /// <summary>
    /// Asks for one byte of one object: who cannot read shall hear of it when he mounts, and a role that may read but not list may
    /// mount a snapshot.
    /// </summary>
    /// <returns>A warning, or null.</returns>
    /// <exception cref="SnapshotException">The snapshot is one of something else.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public static async ValueTask<string?> CheckAsync(S3ObjectStore store, MountSettings settings, SnapshotFile snapshot, CancellationToken cancellationToken)
    {
        snapshot.ThrowIfNotOf(new SnapshotOrigin { Bucket = settings.Bucket, Prefix = settings.Prefix, EndpointUrl = store.EndpointUrl });
        if (!TryFindObject(snapshot, out byte[] path, out ObjectVersion version))
            return null;
        var key = new ObjectKey((byte[])[.. System.Text.Encoding.UTF8.GetBytes(settings.Prefix), .. path]);
        try
        {
            await store.ReadRangeAsync(key, version, 0, new byte[1], null, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ObjectStoreException e) when (e.Failure is ObjectStoreFailure.PreconditionFailed or ObjectStoreFailure.NotFound)
        {
            return $"'{key}' has changed since the snapshot {snapshot.Path} was made and cannot be read; s3mount snapshot verify {snapshot.Path} tells what differs";
        }
        catch (ObjectStoreException e) when (e.Failure is ObjectStoreFailure.Archived)
        {
            return null;
        }
    }

    // The first object that has a byte, in the first directory that has one.
    private static bool TryFindObject(SnapshotFile snapshot, out byte[] path, out ObjectVersion version)
    {
        for (int number = 0; number < snapshot.DirectoryCount; number++)
        {
            SnapshotDirectory directory = snapshot.Directory(number);
            for (int i = 0; i < directory.Count; i++)
            {
                if (directory[i].IsDirectory || directory[i].Version.Size == 0)
                    continue;
                path = [.. directory.ToPath(), .. directory[i].Name];
                version = directory[i].Version;
                return true;
            }
        }
        (path, version) = ([], default);
        return false;
    }
}
