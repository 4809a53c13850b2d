using System.Runtime.CompilerServices;
using System.Text;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Warming;

/// <summary>All files below a directory, as the store lists them now or as the snapshot of a pinned dataset has them.</summary>
internal sealed class WarmTree(IObjectStore store, ObjectFileSystemOptions options)
{
    // As a list page has.
    private const int BatchSize = 1000;

    /// <param name="prefix">Of the directory: empty, or ends in a slash; below the mount's own.</param>
    /// <exception cref="ObjectStoreException"/>
    public IAsyncEnumerable<WarmObject[]> FindAsync(byte[] prefix, CancellationToken cancellationToken) =>
        options.Snapshot is { } snapshot ? FindPinnedAsync(snapshot, prefix, cancellationToken) : ScanAsync(new ObjectKey(prefix), cancellationToken);

    private async IAsyncEnumerable<WarmObject[]> ScanAsync(ObjectKey prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListPage page in new TreeScanner(store).ScanAsync(new KeyRange { Prefix = prefix }, cancellationToken).ConfigureAwait(false))
        {
            var found = new List<WarmObject>(page.Objects.Length);
            foreach (ref readonly ListedObject listed in page.Objects.Span)
            {
                ReadOnlyMemory<byte> key = page.Bytes.Slice(listed.KeyOffset, listed.KeyLength);
                if (!key.Span.StartsWith(prefix.Span))
                    throw new ObjectStoreException(ObjectStoreFailure.Malformed, $"the store lists '{new ObjectKey(key)}', which is not under '{prefix}'") { Key = prefix };
                if (IsShown(key.Span[prefix.Span.Length..]))
                    found.Add(new WarmObject(new ObjectKey(key), listed.Version, listed.StorageClass));
            }
            yield return [.. found];
        }
    }

    // What no path can name cannot be read, and what ends in a slash is a directory.
    private static bool IsShown(ReadOnlySpan<byte> path)
    {
        foreach (Range name in path.Split((byte)'/'))
        {
            if (!EntryName.IsShown(path[name]))
                return false;
        }
        return true;
    }

    private async IAsyncEnumerable<WarmObject[]> FindPinnedAsync(SnapshotFile snapshot, byte[] prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] root = Encoding.UTF8.GetBytes(options.Prefix);
        // A million entries without a wait would keep a thread from whoever started this.
        await Task.Yield();
        if (!snapshot.TryFindDirectory(prefix.AsSpan(root.Length), out SnapshotDirectory top))
            yield break;
        var open = new Stack<SnapshotDirectory>([top]);
        while (open.TryPop(out SnapshotDirectory directory))
        {
            byte[] path = [.. root, .. directory.ToPath()];
            for (int from = 0; from < directory.Count; from += BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Files(directory, path, from, Math.Min(from + BatchSize, directory.Count));
            }
            PushDirectories(directory, open);
        }
    }

    private static WarmObject[] Files(SnapshotDirectory directory, byte[] path, int from, int to)
    {
        var found = new List<WarmObject>(to - from);
        for (int i = from; i < to; i++)
        {
            SnapshotEntry entry = directory[i];
            if (!entry.IsDirectory)
                found.Add(new WarmObject(new ObjectKey((byte[])[.. path, .. entry.Name]), entry.Version, entry.StorageClass));
        }
        return [.. found];
    }

    // The first one on top.
    private static void PushDirectories(SnapshotDirectory directory, Stack<SnapshotDirectory> open)
    {
        for (int i = directory.Count - 1; i >= 0; i--)
        {
            if (directory[i].IsDirectory)
                open.Push(directory[i].Directory);
        }
    }
}
