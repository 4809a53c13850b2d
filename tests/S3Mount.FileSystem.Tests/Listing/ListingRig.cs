using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing;

/// <summary>A lister over a fake store and a clock that stands still, without the file system above it.</summary>
internal sealed class ListingRig : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public ListingRig(string prefix = "", TimeSpan? ttl = null, TimeSpan? negativeTtl = null, Func<FakeObjectStore, IObjectStore>? wrap = null)
    {
        Options = new ObjectFileSystemOptions
        {
            Prefix = prefix,
            MemoryBudget = ObjectFileSystemOptions.MinMemoryBudget,
            Uid = 0,
            Gid = 0,
            MetadataTtl = ttl ?? TimeSpan.FromSeconds(60),
            NegativeMetadataTtl = negativeTtl ?? TimeSpan.FromSeconds(5),
        };
        Store = new FakeObjectStore(Time);
        Clock = new MountClock(Time);
        Cache = new ListingCache(Clock);
        Inodes = new InodeTable(Encoding.UTF8.GetBytes(prefix), _ => { });
        Lister = new DirectoryLister(wrap?.Invoke(Store) ?? Store, Cache, Clock, Options, Logger, _stopping.Token);
    }

    public FakeTimeProvider Time { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public ObjectFileSystemOptions Options { get; }

    public FakeObjectStore Store { get; }

    public MountClock Clock { get; }

    public ListingCache Cache { get; }

    public InodeTable Inodes { get; }

    public DirectoryLister Lister { get; }

    public DirectoryInode Root => Inodes.Root;

    public void Put(params string[] keys)
    {
        foreach (string key in keys)
            Store.Put(key, key);
    }

    public async Task<DirectoryEntry?> LookUpAsync(string name, CancellationToken cancellationToken = default) =>
        (await Lister.LookUpAsync(Root, Encoding.UTF8.GetBytes(name), cancellationToken)).Entry;

    /// <summary>The prefixes that have been listed since the last call.</summary>
    public string[] TakeListed()
    {
        string[] listed = [.. Store.Calls.Select(call => Encoding.UTF8.GetString(call.Key.Span))];
        Assert.That(Store.Calls.Select(call => call.Operation), Is.All.EqualTo(StoreOperation.List));
        Store.ResetCalls();
        return listed;
    }

    public void Stop() => _stopping.Cancel();

    public void Dispose()
    {
        _stopping.Cancel();
        Cache.Dispose();
        _stopping.Dispose();
    }
}
