using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.FileSystem;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Testing;

namespace S3Mount.Benchmarks.Hits;

/// <summary>
/// What a hit in the block cache costs in the daemon: the real session and file system between a stand-in for /dev/fuse and a
/// store in memory, in this process.
/// </summary>
internal sealed class HitBench : IAsyncDisposable
{
    public const string Name = "hit";

    private const int FileSize = 1 << 20; // fetched whole by the first READ
    private const int Loaded = 128 << 10; // of which so much is read then
    private const int Files = 256;

    private readonly HitStore _store;
    private readonly HitDevice _device = new();
    private readonly ObjectFileSystem _fileSystem;
    private readonly FuseSession _session;

    private HitBench()
    {
        var objects = new FakeObjectStore();
        for (int i = 0; i < 4 * Files; i++)
            objects.PutRamp(KeyOf(i), FileSize, seed: i);
        _store = new HitStore(objects);
        var options = new ObjectFileSystemOptions { MemoryBudget = 3L * Files * FileSize, MetadataTtl = Timeout.InfiniteTimeSpan, Uid = 0, Gid = 0 };
        _fileSystem = new ObjectFileSystem(_store, options, TimeProvider.System, NullLogger.Instance);
        _session = new FuseSession(_device, _fileSystem, new FuseSessionOptions { ReaderThreads = 1 }, NullLogger.Instance);
    }

    public static async Task<IReadOnlyList<HitResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var bench = new HitBench();
        await bench.StartAsync(cancellationToken);
        // The first rows compile and are not reported.
        await bench.MeasureAsync(0, 4 << 10, cancellationToken);
        await bench.MeasureAsync(Files, 128 << 10, cancellationToken);
        return [await bench.MeasureAsync(2 * Files, 4 << 10, cancellationToken), await bench.MeasureAsync(3 * Files, 128 << 10, cancellationToken)];
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _fileSystem.DisposeAsync();
        await _store.DisposeAsync();
        _device.Dispose();
    }

    private static string KeyOf(int index) => string.Create(CultureInfo.InvariantCulture, $"file-{index:d4}");

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var init = new FuseInitIn { Major = 7, Minor = 45, MaxReadahead = 1 << 20, Flags = 0x7fff_ffff };
        Task<byte[]> answer = _device.CallAsync(FuseOpcode.Init, new NodeId(0), Bytes(in init));
        await _session.StartAsync(cancellationToken);
        await answer.WaitAsync(cancellationToken);
    }

    private async Task<HitResult> MeasureAsync(int first, int readSize, CancellationToken cancellationToken)
    {
        var files = new HitFile[Files];
        for (int i = 0; i < Files; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            files[i] = await LoadAsync(KeyOf(first + i), seed: first + i);
        }
        return await _device.ReadAsync(new HitRow(files, FileSize, Loaded, readSize));
    }

    private async Task<HitFile> LoadAsync(string key, int seed)
    {
        FuseEntryOut entry = MemoryMarshal.Read<FuseEntryOut>(await _device.CallAsync(FuseOpcode.Lookup, NodeId.Root, Encoding.UTF8.GetBytes(key + '\0')));
        var node = new NodeId(entry.NodeId);
        var read = new FuseReadIn { Size = Loaded };
        byte[] bytes = await _device.CallAsync(FuseOpcode.Read, node, Bytes(in read));
        if (bytes.Length != Loaded || Ramp.FirstDifference(bytes, 0, seed) >= 0)
            throw new BenchException($"{key} was read wrongly");
        return new HitFile(node, _store.AddressOf(key));
    }

    private static byte[] Bytes<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
