using S3Mount.Configuration;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Hosting;

/// <summary>Whether a snapshot is one of what is mounted, and its objects can be read.</summary>
internal static class SnapshotCheck
{
    /// <summary>
    /// An object for the store to be opened with: who cannot read shall hear of it when he mounts, and a role that may read but not list
    /// may mount a snapshot.
    /// </summary>
    /// <returns>Null: nothing in it has a byte.</returns>
    public static ObjectInfo? Probe(MountSettings settings, SnapshotFile snapshot)
    {
        if (!TryFindObject(snapshot, out byte[] path, out ObjectVersion version))
            return null;
        var key = new ObjectKey((byte[])[.. System.Text.Encoding.UTF8.GetBytes(settings.Prefix), .. path]);
        return new ObjectInfo(key, version, "");
    }

    /// <summary>Reads a snapshot of what is mounted, as far as can be told before the store is open.</summary>
    /// <exception cref="SnapshotException">It cannot be read, or is one of something else.</exception>
    public static SnapshotFile Open(MountSettings settings, string path)
    {
        SnapshotFile snapshot = SnapshotFile.Open(path);
        snapshot.ThrowIfNotOf(snapshot.Summary.Origin with { Bucket = settings.Bucket, Prefix = settings.Prefix });
        return snapshot;
    }

    /// <returns>A warning, or null.</returns>
    /// <exception cref="SnapshotException">The snapshot is one of something else.</exception>
    public static string? Check(S3ObjectStore store, MountSettings settings, SnapshotFile snapshot)
    {
        snapshot.ThrowIfNotOf(new SnapshotOrigin { Bucket = settings.Bucket, Prefix = settings.Prefix, EndpointUrl = store.EndpointUrl, Region = store.Region });
        return store.ProbeFailure is ObjectStoreFailure.PreconditionFailed or ObjectStoreFailure.NotFound
            ? $"'{Probe(settings, snapshot)!.Key}' has changed since the snapshot {snapshot.Path} was made and cannot be read; s3mount snapshot verify {snapshot.Path} tells what differs"
            : null;
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
