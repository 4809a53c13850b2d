using System.Diagnostics;
using System.Globalization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Mounts;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks;

/// <summary>
/// The same data read by the same client programs through every contender, one after the other, several rounds: the contenders
/// of a round meet the same noise. The bench itself touches no mount; its clients are processes of their own.
/// </summary>
internal sealed class Bench
{
    private const int SmallFiles = 2000;
    private const int Threads = 8;
    private const int ReadSize = 1 << 20;

    // More than helps on two cores; the ceiling is the best of these.
    private static readonly int[] _bareConnections = [8, 16, 32];

    private readonly StoreSetting _setting;
    private readonly int _rounds;
    private readonly string _scratch;
    private readonly string _fileList;
    private readonly string _prefixList;
    private readonly List<Row> _rows = [];

    public Bench(StoreSetting setting, int rounds, string scratch)
    {
        _setting = setting;
        _rounds = rounds;
        _scratch = scratch;
        _fileList = Path.Combine(scratch, "files.txt");
        _prefixList = Path.Combine(scratch, "prefixes.txt");
        File.WriteAllLines(_fileList, Dataset.Shuffled(SmallFiles, seed: 1));
        File.WriteAllLines(_prefixList, Dataset.ClassPrefixes);
    }

    public async Task<IReadOnlyList<Row>> RunAsync(IReadOnlyList<MountPeer> peers, string tmpfs)
    {
        await using BenchStore store = await BenchStore.StartAsync(_setting, Dataset.Objects);
        for (int round = 0; round < _rounds; round++)
        {
            Console.Error.WriteLine($"{_setting.Name}: round {round + 1} of {_rounds}");
            foreach (MountPeer peer in peers)
                await RunMountAsync(peer, store);
            await RunBareAsync(store);
            await RunDirectoryAsync("tmpfs", tmpfs);
        }
        return [.. _rows.OrderBy(row => _order.IndexOf(row.Scenario))];
    }

    private readonly List<string> _order = [];

    private async Task RunMountAsync(MountPeer peer, BenchStore store)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_scratch, "mnt")).FullName;
        string cache = Directory.CreateDirectory(Path.Combine(_scratch, "cache-" + Path.GetRandomFileName())).FullName;
        DropCaches();
        Process mount = peer.Start(store, directory, cache);
        try
        {
            await MeasureAsync("walk, cold", peer.Name, mount, store, "walk", directory);
            await MeasureAsync("walk, warm", peer.Name, mount, store, "walk", directory);
            await MeasureAsync("small files, cold", peer.Name, mount, store, "read-files", directory, _fileList, Threads.ToString(CultureInfo.InvariantCulture));
            await MeasureAsync("small files, warm", peer.Name, mount, store, "read-files", directory, _fileList, Threads.ToString(CultureInfo.InvariantCulture));
            string large = Path.Combine(directory, Dataset.LargeKey);
            await MeasureAsync("1 GiB, cold", peer.Name, mount, store, "read-one", large, ReadSize.ToString(CultureInfo.InvariantCulture));
            await MeasureAsync("1 GiB, warm", peer.Name, mount, store, "read-one", large, ReadSize.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            await MountPeer.StopAsync(mount, directory);
            Directory.Delete(cache, recursive: true);
        }
    }

    private async Task RunBareAsync(BenchStore store)
    {
        string bucket = store.BucketUri.ToString();
        foreach (int connections in _bareConnections)
        {
            string count = connections.ToString(CultureInfo.InvariantCulture);
            string name = $"bare client, {count} connections";
            await MeasureAsync("walk, cold", name, null, store, "bare-list", bucket, _prefixList, count);
            await MeasureAsync("small files, cold", name, null, store, "bare-files", bucket, _fileList, count);
            await MeasureAsync("1 GiB, cold", name, null, store, "bare-one", bucket, Dataset.LargeKey, Dataset.LargeSize.ToString(CultureInfo.InvariantCulture), count);
        }
    }

    private async Task RunDirectoryAsync(string name, string directory)
    {
        await MeasureAsync("walk, warm", name, null, null, "walk", directory);
        await MeasureAsync("small files, warm", name, null, null, "read-files", directory, _fileList, Threads.ToString(CultureInfo.InvariantCulture));
        await MeasureAsync("1 GiB, warm", name, null, null, "read-one", Path.Combine(directory, Dataset.LargeKey), ReadSize.ToString(CultureInfo.InvariantCulture));
    }

    private async Task MeasureAsync(string scenario, string contender, Process? mount, BenchStore? store, params string[] client)
    {
        ProcessUsage before = mount is null ? default : ProcessUsage.Of(mount.Id);
        double storeCpu = store?.CpuSeconds ?? 0;
        StoreCounts counts = store is null ? default : await store.CountsAsync();
        ClientResult result = await ClientProcess.RunAsync(client);
        StoreCounts asked = store is null ? default : await store.CountsAsync() - counts;
        ProcessUsage after = mount is null ? default : ProcessUsage.Of(mount.Id);
        Check(scenario, contender, result);
        var sample = new Sample(result, after.CpuSeconds - before.CpuSeconds, after.PeakBytes, store is null ? 0 : store.CpuSeconds - storeCpu, asked);
        RowOf(scenario, contender).Samples.Add(sample);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {scenario,-20} {contender,-28} {result.Seconds,8:F3} s"));
    }

    // A contender that read less than everything was not faster.
    private static void Check(string scenario, string contender, ClientResult result)
    {
        long expected = scenario.StartsWith("small", StringComparison.Ordinal) ? _smallBytes
            : scenario.StartsWith('1') ? Dataset.LargeSize
            : contender.StartsWith("bare", StringComparison.Ordinal) ? 0
            : Dataset.Objects.Sum(o => o.Size);
        if (result.Bytes != expected)
            throw new InvalidDataException($"{contender} gave {result.Bytes} bytes in '{scenario}', not {expected}");
    }

    private static readonly long _smallBytes = SumOf(Dataset.Shuffled(SmallFiles, seed: 1));

    private static long SumOf(string[] keys)
    {
        Dictionary<string, long> sizes = Dataset.Objects.ToDictionary(o => o.Key, o => o.Size);
        return keys.Sum(key => sizes[key]);
    }

    private Row RowOf(string scenario, string contender)
    {
        if (!_order.Contains(scenario))
            _order.Add(scenario);
        Row? row = _rows.Find(r => r.Scenario == scenario && r.Contender == contender);
        if (row is null)
            _rows.Add(row = new Row(scenario, contender, []));
        return row;
    }

    // So that a cold read finds nothing in the kernel. Each mount has its own pages; this is for the peers' disk caches.
    private static void DropCaches()
    {
        if (Environment.IsPrivilegedProcess)
            File.WriteAllText("/proc/sys/vm/drop_caches", "3");
    }
}
