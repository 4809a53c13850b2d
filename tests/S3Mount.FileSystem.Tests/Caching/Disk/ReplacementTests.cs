using System.Globalization;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>What stays in a cache that is smaller than what is read, epoch after epoch, in any order.</summary>
[CancelAfter(120_000)]
public sealed class ReplacementTests
{
    private const int Files = 800;
    private const int Length = 16 << 10;
    private const int ReadSize = 128 << 10;

    private readonly FakeTimeProvider _time = DiskRig.NewClock();
    private TempDirectory _directory = null!;
    private FakeObjectStore _store = null!;
    private Random _random = null!;

    [SetUp]
    public void Make_a_store() => (_directory, _store, _random) = (new TempDirectory(), new FakeObjectStore(_time), new Random(1));

    [TearDown]
    public void Remove_the_cache() => _directory.Dispose();

    [Test]
    public async Task Shuffled_epochs_hit_what_the_cache_is_of_the_dataset([Values(10, 25, 50, 75, 90)] int percent, CancellationToken cancellationToken)
    {
        StoredObject[] files = NewFiles("a");
        await using var rig = new DiskRig(_directory.Path, _store, _time, (long)Files * Length * percent / 100);
        await EpochAsync(rig, files, cancellationToken);
        var hits = new List<double>();
        for (int epoch = 2; epoch <= 6; epoch++)
            hits.Add(await EpochAsync(rig, files, cancellationToken));
        await ReportAsync(hits);
        // A segment less, and headers: at 50 % nobody asks for more than 45.
        Assert.That(hits, Is.All.GreaterThan(0.9 * percent).And.All.LessThanOrEqualTo(percent));
    }

    [Test]
    public async Task Shards_are_kept_whether_they_are_read_in_order_or_not([Values] bool isShuffled, CancellationToken cancellationToken)
    {
        StoredObject[] shards = NewFiles("shard", 20, (2 << 20) + 12345);
        await using var rig = new DiskRig(_directory.Path, _store, _time, 21 << 20, 256 << 10);
        await EpochAsync(rig, shards, cancellationToken, isShuffled);
        var hits = new List<double>();
        for (int epoch = 2; epoch <= 6; epoch++)
            hits.Add(await EpochAsync(rig, shards, cancellationToken, isShuffled));
        await ReportAsync(hits);
        Assert.That(hits, Is.All.GreaterThan(45));
    }

    [Test]
    public async Task Records_of_large_files_in_random_order_are_kept(CancellationToken cancellationToken)
    {
        // Nine records of a granule: each is asked for once an epoch, the granule all the time.
        const int Record = 112 << 10, Records = 9 * 20;
        StoredObject[] files = NewFiles("record", 4, 5 * 9 * Record);
        await using var rig = new DiskRig(_directory.Path, _store, _time, 4 * 5 * 9 * Record / 2, 256 << 10);
        var hits = new List<double>();
        for (int epoch = 1; epoch <= 6; epoch++)
        {
            long before = rig.Disk.Statistics.HitBytes, missed = rig.Disk.Statistics.MissBytes;
            foreach (int record in Shuffle(Enumerable.Range(0, Records)))
                await ReadAsync(rig, files[record / 45], (long)(record % 45) * Record, Record, cancellationToken);
            long hit = rig.Disk.Statistics.HitBytes - before;
            hits.Add(100.0 * hit / (hit + rig.Disk.Statistics.MissBytes - missed));
        }
        await ReportAsync(hits);
        Assert.That(hits.Skip(1), Is.All.GreaterThan(40));
    }

    [Test]
    public async Task When_the_work_moves_on_the_old_dataset_goes_within_the_third_epoch([Values(50, 100)] int percent, CancellationToken cancellationToken)
    {
        StoredObject[] old = NewFiles("a"), other = NewFiles("b");
        long size = (long)Files * (Length + 200) * percent / 100;
        await using var rig = new DiskRig(_directory.Path, _store, _time, size);
        for (int epoch = 1; epoch <= 3; epoch++)
            await EpochAsync(rig, old, cancellationToken);
        var hits = new List<double>();
        for (int epoch = 1; epoch <= 5; epoch++)
        {
            hits.Add(await EpochAsync(rig, other, cancellationToken));
            await TestContext.Out.WriteLineAsync($"{KeptOf(rig, old):0} % of the old is kept");
            Assert.That(KeptOf(rig, old), epoch < 3 ? Is.GreaterThan(0) : Is.LessThan(10));
        }
        await ReportAsync(hits);
        Assert.That(hits[3..], Is.All.GreaterThan(0.9 * percent));
    }

    [Test]
    public async Task After_a_restart_what_was_kept_counts_as_used_when_it_was_and_goes_when_the_work_has_moved_on(CancellationToken cancellationToken)
    {
        StoredObject[] old = NewFiles("a"), other = NewFiles("b");
        const long Size = (long)Files * Length / 2;
        await using (var first = new DiskRig(_directory.Path, _store, _time, Size))
        {
            await EpochAsync(first, old, cancellationToken);
            await EpochAsync(first, old, cancellationToken);
        }
        await using var rig = new DiskRig(_directory.Path, _store, _time, Size);
        double same = await EpochAsync(rig, old, cancellationToken);
        Assert.That(same, Is.GreaterThan(45));
        var hits = new List<double>();
        for (int epoch = 1; epoch <= 5; epoch++)
            hits.Add(await EpochAsync(rig, other, cancellationToken));
        await ReportAsync(hits);
        Assert.That(hits[3..], Is.All.GreaterThan(45));
    }

    [Test]
    public async Task Two_processes_share_a_directory_and_its_limit(CancellationToken cancellationToken)
    {
        StoredObject[] files = NewFiles("a");
        const long Size = (long)Files * Length / 2;
        await using var first = new DiskRig(_directory.Path, _store, _time, Size);
        await using var second = new DiskRig(_directory.Path, _store, _time, Size);
        for (int epoch = 1; epoch <= 4; epoch++)
        {
            await EpochAsync(first, files, cancellationToken);
            await EpochAsync(second, files, cancellationToken);
            // Each has one that it is about to begin.
            Assert.That(SizeOnDisk(), Is.LessThanOrEqualTo(Size + (2 * 128 << 10)));
        }
        var hits = new List<double> { await EpochAsync(first, files, cancellationToken), await EpochAsync(second, files, cancellationToken) };
        await ReportAsync(hits);
        Assert.That(hits, Is.All.GreaterThan(45));
        Assert.That(first.Log.Lines.Concat(second.Log.Lines).Where(line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning), Is.Empty);
    }

    private async Task<double> EpochAsync(DiskRig rig, StoredObject[] files, CancellationToken cancellationToken, bool isShuffled = true)
    {
        long before = rig.Disk.Statistics.HitBytes, total = 0;
        foreach (StoredObject file in isShuffled ? Shuffle(files) : files)
        {
            using var reader = new ObjectReader(rig.Fetcher, file.Key, file.Version);
            await ReaderRig.ReadAllAsync(reader, ReadSize, Seed(file), cancellationToken);
            await rig.SettleAsync(cancellationToken);
            _time.Advance(TimeSpan.FromMilliseconds(200));
            total += file.Size;
        }
        return 100.0 * (rig.Disk.Statistics.HitBytes - before) / total;
    }

    private async Task ReadAsync(DiskRig rig, StoredObject file, long offset, int length, CancellationToken cancellationToken)
    {
        ReaderRig.AssertRamp(await rig.ReadAsync(file, offset, length, cancellationToken), offset, length, Seed(file));
        await rig.SettleAsync(cancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(200));
    }

    private static double KeptOf(DiskRig rig, StoredObject[] files) =>
        100.0 * files.Count(file => rig.Disk.Has(S3Mount.FileSystem.Caching.Disk.CacheKey.Of("AWS bucket", file.Key, file.Version), 0, file.Size)) / files.Length;

    private long SizeOnDisk() => new DirectoryInfo(_directory["blocks"]).EnumerateFiles().Sum(file => file.Length);

    private StoredObject[] NewFiles(string name, int count = Files, int length = Length) =>
        [.. Enumerable.Range(0, count).Select(i => _store.PutRamp($"{name}/{i.ToString(CultureInfo.InvariantCulture)}", length, i))];

    private static int Seed(StoredObject file) => int.Parse(file.Key.ToString().Split('/')[1], CultureInfo.InvariantCulture);

    private T[] Shuffle<T>(IEnumerable<T> all)
    {
        T[] shuffled = [.. all];
        _random.Shuffle(shuffled);
        return shuffled;
    }

    private static Task ReportAsync(IEnumerable<double> hits) =>
        TestContext.Out.WriteLineAsync(string.Join(' ', hits.Select(hit => hit.ToString("0.0", CultureInfo.InvariantCulture))) + " % of bytes");
}
