using Mono.Unix.Native;
using S3Mount.FileSystem.Datasets;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Datasets;

/// <summary>Datasets of fake stores under one root, before a stand-in for the kernel. At its end no memory may be left that belongs to one of them.</summary>
internal sealed class DatasetRig : IAsyncDisposable
{
    private readonly CountingNumbers _numbers;

    private DatasetRig(FakeTimeProvider time, RecordingLogger logger, DatasetFileSystem files, FakeKernel kernel, CountingNumbers numbers)
    {
        Time = time;
        Logger = logger;
        Files = files;
        Kernel = kernel;
        _numbers = numbers;
    }

    public FakeTimeProvider Time { get; }

    public RecordingLogger Logger { get; }

    public DatasetFileSystem Files { get; }

    public FakeKernel Kernel { get; }

    /// <summary>Stays when the rig ends: node ids that the kernel may still hold.</summary>
    public bool IsLeft { get; set; }

    public static async Task<DatasetRig> StartAsync(params (string Name, FakeObjectStore Store)[] datasets) => await StartAsync(null, null, datasets);

    /// <param name="state">What <see cref="Save"/> has given.</param>
    public static async Task<DatasetRig> StartAsync(byte[]? state, Func<ObjectFileSystemOptions, ObjectFileSystemOptions>? change, params (string Name, FakeObjectStore Store)[] datasets)
    {
        var time = new FakeTimeProvider();
        var logger = new RecordingLogger();
        var numbers = new CountingNumbers();
        ObjectFileSystemOptions options = Options with { Inodes = new InodeStart { Numbers = numbers.Numbers, State = state is null ? null : new MemoryStream(state) } };
        var files = new DatasetFileSystem(change?.Invoke(options) ?? options, time, logger);
        foreach ((string name, FakeObjectStore store) in datasets)
            await files.AddAsync(Start(name, store));
        files.EndTaking();
        FakeKernel kernel = await FakeKernel.StartAsync(files, logger: logger);
        return new DatasetRig(time, logger, files, kernel, numbers);
    }

    public static ObjectFileSystemOptions Options { get; } = new() { MemoryBudget = 64 << 20, Uid = 1001, Gid = 1002 };

    public static DatasetStart Start(string name, FakeObjectStore store, string identity = "", string prefix = "") =>
        new(name, identity, store, Options with { Prefix = prefix, DiskCacheStore = name }, Hydrates: false);

    public Task AddAsync(string name, FakeObjectStore store) => Files.AddAsync(Start(name, store));

    public async Task RemoveAsync(string name)
    {
        Task? gone = Files.BeginRemoving(name, TimeSpan.Zero);
        Assert.That(gone, Is.Not.Null, name);
        await gone!.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async Task<FuseEntryOut> WalkAsync(string path)
    {
        FuseEntryOut entry = default;
        NodeId node = NodeId.Root;
        foreach (string name in path.Split('/'))
        {
            entry = (await Kernel.LookupAsync(node, name)).Required;
            Assert.That(entry.NodeId, Is.Not.Zero, $"'{name}' of '{path}' is missing");
            node = new NodeId(entry.NodeId);
        }
        return entry;
    }

    public async Task<NodeId> NodeAsync(string path) => new((await WalkAsync(path)).NodeId);

    /// <summary>The bytes of a file, or the error that a READ gets.</summary>
    public async Task<(Errno Error, byte[] Bytes)> ReadAsync(NodeId node, uint size = 128 << 10)
    {
        FakeReply<byte[]> reply = await Kernel.ReadAsync(node, 0, size);
        return (reply.Error, reply.Value ?? []);
    }

    /// <summary>The names in the root, in the order that it gives them.</summary>
    public async Task<string[]> NamesAsync(bool plus = false, uint size = 4096)
    {
        IReadOnlyList<FakeDirent> entries = await Kernel.ListAsync(NodeId.Root, plus, size);
        Assert.That(entries.Take(2).Select(entry => entry.Name), Is.EqualTo([".", ".."]));
        return [.. entries.Skip(2).Select(entry => entry.Name)];
    }

    /// <summary>What the next process is given. Nothing is looked up any more.</summary>
    public byte[] Save()
    {
        using var stream = new MemoryStream();
        Files.SaveInodes(stream);
        return stream.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsLeft && !Kernel.Session.Completion.IsCompleted)
        {
            foreach ((ulong node, long lookups) in Kernel.Lookups.Where(held => held.Value > 0))
                Kernel.Forget(new NodeId(node), (ulong)lookups);
            await Kernel.SyncAsync();
        }
        string[] violations = [.. Kernel.Violations];
        await Kernel.DisposeAsync();
        await Files.DisposeAsync();
        Assert.That(violations, Is.Empty);
        Assert.That(Logger.Lines.Select(line => line.Text).Where(text => text.Contains("kernel forgot", StringComparison.Ordinal)), Is.Empty);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        // Fetches that were cancelled let go of their blocks a moment later.
        while (Files.MemoryUsed > 0 && !deadline.IsCancellationRequested)
            await Task.Yield();
        Assert.That(Files.MemoryUsed, Is.Zero, "blocks outlive the mount");
        Assert.That(_numbers.Reserved, Is.GreaterThan(_numbers.Numbers.Next - 1));
    }

    private sealed class CountingNumbers
    {
        public CountingNumbers() => Numbers = new NodeNumbers(0, bound => Reserved = bound);

        public NodeNumbers Numbers { get; }

        public int Reserved { get; private set; }
    }
}
