using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.SavedListings;

/// <summary>A bucket that is mounted several times, one after another, with the same directory for listings.</summary>
internal sealed class SavedRig : IAsyncDisposable
{
    private readonly TempDirectory _directory = new("s3mount-saved");

    public SavedRig(params string[] keys)
    {
        foreach (string key in keys)
            Store.Put(key, key);
    }

    public FakeObjectStore Store { get; } = new(new FakeTimeProvider());

    public SnapshotOrigin Origin { get; init; } = new() { Bucket = "bucket", EndpointUrl = "http://10.0.0.5:9000" };

    public string DirectoryPath => _directory["cache"];

    public string FilePath => Path.Combine(DirectoryPath, "listings", SavedListingsFile.NameOf(Origin));

    /// <summary>What was said when the listings were opened.</summary>
    public List<string> Warnings { get; } = [];

    public Task<SavedListingsFile?> OpenAsync(TimeProvider? timeProvider = null) =>
        SavedListingsFile.TryOpenAsync(DirectoryPath, Origin, timeProvider ?? TimeProvider.System, Warnings.Add, TestContext.CurrentContext.CancellationToken);

    public SnapshotFile Read() => SnapshotFile.Open(FilePath, SnapshotKind.Saved);

    /// <summary>The rig saves what it has learnt when it is disposed.</summary>
    public async Task<MountRig> MountAsync(Func<ObjectFileSystemOptions, ObjectFileSystemOptions>? change = null, Func<FakeObjectStore, IObjectStore>? wrap = null)
    {
        Store.ResetCalls();
        SavedListingsFile? file = await OpenAsync();
        return await MountRig.StartAsync(Origin.Prefix, options => (change?.Invoke(options) ?? options) with { SavedListings = file }, wrap: wrap, existing: Store);
    }

    /// <summary>Mounts, reads these directories in their order, and unmounts.</summary>
    public async Task LearnAsync(params string[] paths)
    {
        await using MountRig rig = await MountAsync();
        foreach (string path in paths)
            await rig.ListAsync(path);
    }

    /// <summary>Every directory and file that a walk finds, by path; directories with a slash.</summary>
    public static async Task<string[]> WalkAsync(MountRig rig, bool plus = false)
    {
        var found = new List<string>();
        await AddAsync(NodeId.Root, "");
        return [.. found.Order(StringComparer.Ordinal)];

        async Task AddAsync(NodeId node, string path)
        {
            foreach (string name in await rig.ListAsync(node, plus))
            {
                found.Add(path + name);
                if (name.EndsWith('/'))
                    await AddAsync(new NodeId((await rig.LookupAsync(node, name[..^1])).NodeId), path + name);
            }
        }
    }

    /// <summary>LISTs so far that were of all that lies below a prefix.</summary>
    public int FlatLists => Store.Calls.Count(call => call.List is { Delimiter: false });

    /// <summary>Lets the checks begin, and waits until there are none left.</summary>
    public static async Task EndChecksAsync(MountRig rig)
    {
        rig.Advance(SavedCheck.Quiet.TotalSeconds);
        await UntilAsync(() => Status(rig).Unchecked == 0 && !rig.FileSystem.IsListing);
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Delay(1, deadline.Token);
        }
    }

    public static SavedListingsStatus Status(MountRig rig) => rig.FileSystem.Statistics.SavedListings!;

    public static (int Unchecked, int Checked, int Differed) Counts(MountRig rig) => (Status(rig).Unchecked, Status(rig).Checked, Status(rig).Differed);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _directory.Dispose();
    }
}
