using System.Globalization;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>
/// Random reads of random objects by several processes over one directory, while somebody damages it in every way: each byte is
/// what was put under that version.
/// </summary>
[CancelAfter(120_000)]
public sealed class DiskCacheModelTests
{
    private const int Steps = 1200;
    private const long MaxSize = 10 << 20;

    private readonly FakeTimeProvider _time = DiskRig.NewClock();
    private readonly Dictionary<StoredObject, byte[]> _contents = [];
    private TempDirectory _directory = null!;
    private FakeObjectStore _store = null!;
    private Random _random = null!;
    private StoredObject[] _objects = null!;

    [TearDown]
    public void Remove_the_cache() => _directory.Dispose();

    [Test]
    public async Task Every_byte_is_that_of_its_version_whatever_happens_on_the_disk([Values(1, 2, 3, 4)] int seed, CancellationToken cancellationToken)
    {
        Fill(seed);
        DiskRig[] rigs = [NewRig(), NewRig()];
        long hits = 0, bad = 0;
        try
        {
            for (int step = 0; step < Steps; step++)
            {
                int which = _random.Next(rigs.Length);
                switch (_random.Next(40))
                {
                    case 0:
                        (hits, bad) = (hits + rigs[which].Disk.Statistics.HitBytes, bad + rigs[which].Disk.Statistics.BadRecords);
                        await rigs[which].DisposeAsync();
                        rigs[which] = NewRig();
                        break;
                    case 1 or 2 or 3:
                        Damage();
                        break;
                    case 4:
                        await rigs[which].AdvanceAsync(TimeSpan.FromSeconds(15), cancellationToken);
                        break;
                    case 5:
                        Replace(_random.Next(_objects.Length));
                        break;
                    case < 12:
                        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => ReadAsync(rigs[_random.Next(rigs.Length)], cancellationToken), cancellationToken)));
                        break;
                    default:
                        await ReadAsync(rigs[which], cancellationToken);
                        break;
                }
            }
            foreach (DiskRig rig in rigs)
                (hits, bad) = (hits + rig.Disk.Statistics.HitBytes, bad + rig.Disk.Statistics.BadRecords);
            await TestContext.Out.WriteLineAsync($"{hits >> 20} MiB from the cache, {bad} bad records");
            Assert.That(hits, Is.GreaterThan(1 << 20), "the cache was of use");
            Assert.That(rigs.Select(rig => rig.Cache.Budget.HasWaiters), Is.All.False);
        }
        finally
        {
            foreach (DiskRig rig in rigs)
                await rig.DisposeAsync();
        }
    }

    private DiskRig NewRig() => new(_directory.Path, _store, _time, MaxSize, 256 << 10);

    private void Fill(int seed)
    {
        (_directory, _store, _random) = (new TempDirectory(), new FakeObjectStore(_time) { CompletesAsynchronously = true, ProgressStep = 100_000 }, new Random(seed));
        _objects = new StoredObject[24];
        for (int i = 0; i < _objects.Length; i++)
            Replace(i);
    }

    private void Replace(int which)
    {
        int length = which % 4 == 0 ? _random.Next(1 << 20, 5 << 20) : _random.Next(1, 200_000);
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        StoredObject stored = _store.Put($"o{which.ToString(CultureInfo.InvariantCulture)}", bytes);
        lock (_contents)
        {
            _contents[stored] = bytes;
            _objects[which] = stored;
        }
    }

    private async Task ReadAsync(DiskRig rig, CancellationToken cancellationToken)
    {
        StoredObject stored;
        byte[] content;
        int offset, length;
        lock (_contents)
        {
            stored = _objects[_random.Next(_objects.Length)];
            content = _contents[stored];
            offset = _random.Next(content.Length);
            length = Math.Min(content.Length - offset, _random.Next(1, 600_000));
            if (_random.Next(4) == 0)
                (offset, length) = (0, Math.Min(content.Length, 1 << 20));
        }
        byte[] read = await rig.ReadAsync(stored, offset, length, cancellationToken);
        Assert.That(read.AsSpan().SequenceEqual(content.AsSpan(offset, length)), Is.True, $"{stored.Key} [{offset}, {offset + length})");
    }

    private void Damage()
    {
        string blocks = _directory["blocks"];
        FileInfo[] files = Directory.Exists(blocks) ? new DirectoryInfo(blocks).GetFiles() : [];
        if (files.Length == 0)
            return;
        FileInfo file = files[_random.Next(files.Length)];
        try
        {
            switch (_random.Next(12))
            {
                case 0:
                    file.Delete();
                    break;
                case 1:
                    Truncate(file);
                    break;
                case 2:
                    Swap(file, files[_random.Next(files.Length)]);
                    break;
                case 3 when _random.Next(3) == 0:
                    Directory.Delete(blocks, recursive: true);
                    break;
                case 4:
                    File.WriteAllText(Path.Combine(blocks, "notes.segment"), "somebody else's");
                    File.WriteAllBytes(Path.Combine(blocks, $"{_random.NextInt64():x16}{CacheFormat.SegmentSuffix}"), new byte[_random.Next(1000)]);
                    File.WriteAllBytes(Path.Combine(blocks, $"{_random.NextInt64():x16}{CacheFormat.WritingSuffix}"), new byte[_random.Next(1000)]);
                    break;
                default:
                    Flip(file);
                    break;
            }
        }
        catch (IOException)
        {
            // It has got its name, or was evicted, or a file was made in a directory that was being removed.
        }
    }

    private void Truncate(FileInfo file)
    {
        using FileStream stream = Open(file);
        stream.SetLength(_random.NextInt64(stream.Length + 1));
    }

    private void Flip(FileInfo file)
    {
        using FileStream stream = Open(file);
        for (int i = _random.Next(1, 20); i > 0 && stream.Length > 0; i--)
        {
            stream.Position = _random.NextInt64(stream.Length);
            stream.WriteByte((byte)_random.Next(256));
        }
    }

    // Two files under each other's names, as a restore gone wrong leaves them.
    private void Swap(FileInfo one, FileInfo other)
    {
        if (one.Name == other.Name)
            return;
        string between = _directory["between"];
        File.Move(one.FullName, between, overwrite: true);
        if (File.Exists(other.FullName))
            File.Move(other.FullName, one.FullName, overwrite: true);
        File.Move(between, other.FullName, overwrite: true);
    }

    private static FileStream Open(FileInfo file) => new(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
