using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    // Listings at once: half of what readers may have, who go on meanwhile.
    private const int RefreshParallelism = 32;

    /// <summary>
    /// Asks the store again what a directory holds, whatever the TTL, and tells the kernel what it must not remember. A path that
    /// is no known directory is looked for in the deepest directory above it that is. Completes when the kernel has been told.
    /// </summary>
    /// <param name="path">Below the root of the mount, without slashes at its ends; empty: the root.</param>
    /// <param name="recursive">Also all directories below that are known.</param>
    /// <exception cref="ObjectStoreException">The store did not say; what was remembered stays.</exception>
    /// <remarks>Any thread but those that answer requests.</remarks>
    public async Task<RefreshResult> RefreshAsync(string path, bool recursive, CancellationToken cancellationToken)
    {
        var refresh = CreateRefresh(isSparing: false);
        (DirectoryInode directory, byte[]? missing, bool isLast) = FindDeepest(path);
        bool exists = true;
        if (missing is null)
        {
            exists = await RefreshKnownAsync(refresh, directory, cancellationToken).ConfigureAwait(false);
            if (recursive)
                refresh.Add(directory);
        }
        else
        {
            DirectoryListing listing = await refresh.RunAsync(directory, cancellationToken).ConfigureAwait(false);
            int index = listing.Find(missing);
            exists = index >= 0 && (isLast || listing[index].IsDirectory);
        }
        while (refresh.TakeBelow() is { Count: > 0 } level)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(_options.MaxConnections / 2, 1, RefreshParallelism), CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(level, parallel, async (known, token) =>
            {
                await refresh.RunAsync(known, token).ConfigureAwait(false);
                if (recursive)
                    refresh.Add(known);
            }).ConfigureAwait(false);
        }
        return refresh.Result(exists);
    }

    /// <returns>Whether it is still there.</returns>
    private static async Task<bool> RefreshKnownAsync(DirectoryRefresh refresh, DirectoryInode directory, CancellationToken cancellationToken)
    {
        DirectoryListing listing = await refresh.RunAsync(directory, cancellationToken).ConfigureAwait(false);
        bool exists = true;
        // One that holds nothing may be gone from the directory above it, and that one with it.
        for (DirectoryInode empty = directory; listing.Count == 0 && empty.Parent is { } parent; empty = parent)
        {
            listing = await refresh.RunAsync(parent, cancellationToken).ConfigureAwait(false);
            exists &= DirectoryRefresh.IsDirectory(listing, empty.Name);
        }
        return exists;
    }

    /// <returns>The directory; if it is not the whole path, the first name that is no directory known below it, and whether that is the last.</returns>
    private (DirectoryInode Directory, byte[]? Missing, bool IsLast) FindDeepest(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        DirectoryInode directory = _inodes.Root;
        for (int i = 0; i < names.Length; i++)
        {
            byte[] name = Encoding.UTF8.GetBytes(names[i]);
            DirectoryInode? child;
            lock (directory.Gate)
                child = directory.FindDirectory(name);
            if (child is null)
                return (directory, name, i == names.Length - 1);
            directory = child;
        }
        return (directory, null, true);
    }
}
