using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>
/// The file system between a stand-in for the kernel and a fake store, on a clock that stands still. What must hold in every
/// test is checked when it ends: no HEAD, nothing listed outside the prefix, nothing that a kernel would refuse, no lookup
/// forgotten that was not handed out.
/// </summary>
internal sealed class MountRig : IAsyncDisposable
{
    private readonly string _prefix;

    private MountRig(string prefix, FakeTimeProvider time, FakeObjectStore store, RecordingLogger logger, ObjectFileSystem fileSystem, FakeKernel kernel)
    {
        _prefix = prefix;
        Time = time;
        Store = store;
        Logger = logger;
        FileSystem = fileSystem;
        Kernel = kernel;
    }

    public FakeTimeProvider Time { get; }

    public FakeObjectStore Store { get; }

    public RecordingLogger Logger { get; }

    public ObjectFileSystem FileSystem { get; }

    public FakeKernel Kernel { get; }

    /// <summary>Ends without saving anything.</summary>
    public bool IsKilled { get; set; }

    public static async Task<MountRig> StartAsync(
        string prefix = "", Func<ObjectFileSystemOptions, ObjectFileSystemOptions>? change = null, FakeKernelOptions? kernelOptions = null, Func<FakeObjectStore, ObjectStore.IObjectStore>? wrap = null,
        FuseSessionOptions? sessionOptions = null, FakeObjectStore? existing = null, FakeTimeProvider? time = null)
    {
        time ??= new FakeTimeProvider();
        FakeObjectStore store = existing ?? new FakeObjectStore(time);
        var logger = new RecordingLogger();
        var options = new ObjectFileSystemOptions { Prefix = prefix, MemoryBudget = 64 << 20, Uid = 1001, Gid = 1002 };
        var fileSystem = new ObjectFileSystem(wrap?.Invoke(store) ?? store, change?.Invoke(options) ?? options, time, logger);
        FakeKernel kernel = await FakeKernel.StartAsync(fileSystem, sessionOptions, kernelOptions, logger);
        return new MountRig(prefix, time, store, logger, fileSystem, kernel);
    }

    public void Put(params string[] keys)
    {
        foreach (string key in keys)
            Store.Put(key, key);
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public async Task<FuseEntryOut> LookupAsync(NodeId parent, string name) => (await Kernel.LookupAsync(parent, name)).Required;

    /// <summary>The entry of a path from the root, by one LOOKUP a component.</summary>
    public async Task<FuseEntryOut> WalkAsync(string path)
    {
        FuseEntryOut entry = default;
        NodeId node = NodeId.Root;
        foreach (string name in path.Split('/'))
        {
            entry = await LookupAsync(node, name);
            Assert.That(entry.NodeId, Is.Not.Zero, $"'{name}' of '{path}' is missing");
            node = new NodeId(entry.NodeId);
        }
        return entry;
    }

    public async Task<NodeId> NodeAsync(string path) => path.Length == 0 ? NodeId.Root : new NodeId((await WalkAsync(path)).NodeId);

    /// <summary>Whether a path leads somewhere, by LOOKUPs.</summary>
    public async Task<bool> ExistsAsync(string path)
    {
        NodeId node = NodeId.Root;
        foreach (string name in path.Split('/'))
        {
            FakeReply<FuseEntryOut> reply = await Kernel.LookupAsync(node, name);
            if (reply.Error == Errno.ENOTDIR || (reply.IsOk && reply.Value.NodeId == 0))
                return false;
            node = new NodeId(reply.Required.NodeId);
        }
        return true;
    }

    /// <summary>The names in a directory, as READDIR or READDIRPLUS gives them; directories with a slash, without <c>.</c> and <c>..</c>.</summary>
    public async Task<string[]> ListAsync(NodeId node, bool plus = false, uint size = 4096)
    {
        IReadOnlyList<FakeDirent> entries = await Kernel.ListAsync(node, plus, size);
        Assert.That(entries.Take(2).Select(entry => entry.Name), Is.EqualTo([".", ".."]));
        return [.. entries.Skip(2).Select(entry => entry.Name + (entry.Type == FakeDirent.Directory ? "/" : ""))];
    }

    public async Task<string[]> ListAsync(string path = "", bool plus = false) => await ListAsync(await NodeAsync(path), plus);

    /// <summary>What a file holds, read from its beginning to the end.</summary>
    public async Task<byte[]> ReadAsync(NodeId node, ulong size)
    {
        var bytes = new List<byte>();
        while ((ulong)bytes.Count < size)
            bytes.AddRange((await Kernel.ReadAsync(node, (ulong)bytes.Count, 128 << 10)).Required);
        return [.. bytes];
    }

    public async Task<string> ReadTextAsync(string path)
    {
        FuseEntryOut entry = await WalkAsync(path);
        return Encoding.UTF8.GetString(await ReadAsync(new NodeId(entry.NodeId), entry.Attr.Size));
    }

    /// <summary>Completes when no directory is being listed.</summary>
    public async Task EndListingsAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (FileSystem.IsListing)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What the store was asked since the last call: <c>LIST prefix</c> or <c>GET key</c>.</summary>
    public string[] TakeCalls()
    {
        CheckCalls();
        string[] calls = [.. Store.Calls.Select(call => $"{call.Operation.ToString().ToUpperInvariant()} {call.Key}")];
        Store.ResetCalls();
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        CheckCalls();
        if (!Kernel.Session.Completion.IsCompleted)
        {
            foreach ((ulong node, long lookups) in Kernel.Lookups.Where(held => held.Value > 0))
                Kernel.Forget(new NodeId(node), (ulong)lookups);
            await Kernel.SyncAsync();
        }
        string[] violations = [.. Kernel.Violations];
        await Kernel.DisposeAsync();
        if (!IsKilled)
            await FileSystem.SaveListingsAsync(TimeSpan.FromSeconds(10));
        await FileSystem.DisposeAsync();
        Assert.That(violations, Is.Empty);
        Assert.That(Logger.Lines.Select(line => line.Text).Where(text => text.Contains("kernel forgot", StringComparison.Ordinal)), Is.Empty);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        // Fetches that were cancelled let go of their blocks a moment later.
        while (FileSystem.MemoryUsed > 0 && !deadline.IsCancellationRequested)
            await Task.Yield();
        Assert.That(FileSystem.MemoryUsed, Is.Zero, "blocks outlive the mount");
    }

    private void CheckCalls()
    {
        Assert.That(Store.Heads, Is.Zero);
        foreach (StoreCall call in Store.Calls)
        {
            Assert.That(call.Key.Span.StartsWith(Encoding.UTF8.GetBytes(_prefix)), Is.True, $"{call.Operation} '{call.Key}' outside of '{_prefix}'");
        }
    }
}
