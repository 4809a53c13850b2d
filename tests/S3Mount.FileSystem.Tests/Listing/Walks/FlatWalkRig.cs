using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Listing.Walks;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Walks;

/// <summary>Reads directories as READDIR does, over a lister with its readahead for walks.</summary>
internal sealed class FlatWalkRig : IDisposable
{
    private readonly ListingRig _rig;
    private readonly WalkReadahead _walks;

    public FlatWalkRig(TimeSpan? ttl = null, int maxConnections = 64, Func<FakeObjectStore, IObjectStore>? wrap = null)
    {
        _rig = new ListingRig(ttl: ttl, wrap: wrap);
        _walks = new WalkReadahead(_rig.Lister, _rig.Cache, _rig.Inodes, _rig.Clock, maxConnections, keeps: true);
    }

    public ListingRig Listing => _rig;

    public FakeObjectStore Store => _rig.Store;

    public FakeTimeProvider Time => _rig.Time;

    public DirectoryInode Root => _rig.Root;

    /// <summary>Scans that are under way.</summary>
    public int Scans => _rig.Lister.FlatWalks.Count;

    /// <summary>LISTs without delimiter so far.</summary>
    public int FlatLists => _rig.Store.Calls.Count(call => call.List is { Delimiter: false });

    /// <summary>Directories that were listed alone so far.</summary>
    public string[] ListedAlone => [.. _rig.Store.Calls.Where(call => call.List is { Delimiter: true }).Select(call => Encoding.UTF8.GetString(call.Key.Span))];

    public void Put(params string[] keys) => _rig.Put(keys);

    /// <summary>The directory of a path from the root; it need not exist.</summary>
    public DirectoryInode At(string path)
    {
        DirectoryInode directory = Root;
        foreach (string name in path.Split('/'))
            directory = _rig.Inodes.GetDirectory(directory, Encoding.UTF8.GetBytes(name));
        return directory;
    }

    /// <summary>Begins to read a directory.</summary>
    public DirectoryListing Open(DirectoryInode directory)
    {
        DirectoryListing listing = _rig.Cache.FindListing(directory) ?? _rig.Lister.Open(directory);
        // READDIR waits for the first entry before the walk is told.
        _ = listing.Progress.WaitForAsync(0, default);
        _walks.Observe(directory);
        return listing;
    }

    public async Task<DirectoryListing> ReadAsync(DirectoryInode directory, CancellationToken cancellationToken)
    {
        DirectoryListing listing = Open(directory);
        int position = 0;
        while (true)
        {
            await listing.Progress.WaitForAsync(position, cancellationToken);
            if (position == listing.Count)
                return listing;
            position = listing.Count;
        }
    }

    /// <summary>Reads a directory and all below it, each before those in it.</summary>
    public async Task WalkAsync(DirectoryInode directory, Action<DirectoryListing> onRead, CancellationToken cancellationToken)
    {
        DirectoryListing listing = await ReadAsync(directory, cancellationToken);
        onRead(listing);
        foreach (DirectoryInode below in Below(listing))
            await WalkAsync(below, onRead, cancellationToken);
    }

    /// <summary>The directories of a listing, in its order.</summary>
    public IEnumerable<DirectoryInode> Below(DirectoryListing listing)
    {
        for (int i = 0; i < listing.Count; i++)
        {
            if (listing[i].IsDirectory)
                yield return _rig.Inodes.GetDirectory(listing.Directory, listing.NameAt(i));
        }
    }

    public async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>Names with a slash behind those of directories.</summary>
    public static string[] Shown(DirectoryListing listing) =>
        [.. Enumerable.Range(0, listing.Count).Select(i => Encoding.UTF8.GetString(listing.NameAt(i)) + (listing[i].IsDirectory ? "/" : ""))];

    /// <summary>What is in a directory according to the keys, in the order of a listing.</summary>
    public static string[] Expected(IEnumerable<string> keys, string prefix)
    {
        var directories = new HashSet<string>();
        var files = new HashSet<string>();
        foreach (string key in keys.Where(key => key.Length > prefix.Length && key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            int slash = key.IndexOf('/', prefix.Length);
            string name = slash < 0 ? key[prefix.Length..] : key[prefix.Length..slash];
            if (EntryName.IsShown(Encoding.UTF8.GetBytes(name)))
                _ = slash < 0 ? files.Add(name) : directories.Add(name);
        }
        files.ExceptWith(directories);
        return [.. directories.Select(name => name + "/").Concat(files).OrderBy(name => Encoding.UTF8.GetBytes(name.TrimEnd('/') + "/"), Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)))];
    }
}
