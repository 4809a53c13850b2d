using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Tests.Warming;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>The directory of a disk cache, seen without a mount and beside one.</summary>
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CacheDirectoryTests : IDisposable
{
    private readonly TempDirectory _directory = new("s3mount-cache");

    public void Dispose() => _directory.Dispose();

    [Test]
    public void Another_directory_is_none() =>
        Assert.That(() => CacheDirectory.Open(_directory.Path), Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo($"{_directory.Path} is no cache of s3mount: it has neither blocks nor listings"));

    [Test]
    public async Task What_is_damaged_is_found_marked_and_fetched_again(CancellationToken cancellationToken)
    {
        FakeObjectStore store = await FillAsync(cancellationToken);
        CacheDirectory cache = CacheDirectory.Open(_directory["cache"]);
        CacheContents before = cache.Measure();
        Assert.That((before.Records, before.Bytes, before.Unfinished, before.Problems.Count), Is.EqualTo((20, 20 * 10_000L, 0, 0)));
        Assert.That(cache.Verify(_ => { }, cancellationToken).Bad, Is.Zero);

        string segment = Directory.GetFiles(_directory["cache/blocks"], "*.segment").Single();
        byte[] bytes = await File.ReadAllBytesAsync(segment, cancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, cancellationToken);
        CacheContents found = cache.Verify(_ => { }, cancellationToken);
        Assert.That((found.Records, found.Bad, found.Bytes), Is.EqualTo((20, 1, 19 * 10_000L)));
        Assert.That(found.Problems, Is.EqualTo([$"{segment}: 1 of 20 records are damaged; they have been marked, and are fetched again"]));
        CacheContents again = cache.Verify(_ => { }, cancellationToken);
        Assert.That((again.Bad, again.Discarded, again.Problems.Count), Is.EqualTo((0, 1, 0)));

        store.ResetCalls();
        await using WarmRig rig = await WarmRig.StartAsync(directory: _directory, existing: store);
        for (int i = 0; i < 20; i++)
            await rig.ReadRampAsync($"d/{i:d2}", seed: i);
        Assert.That(store.Gets, Is.EqualTo(1));
    }

    [Test]
    public async Task Clearing_leaves_what_is_not_ours_and_mounts_go_on(CancellationToken cancellationToken)
    {
        FakeObjectStore store = await FillAsync(cancellationToken);
        _directory.CreateDirectory("cache/listings");
        _directory.Write("cache/blocks/notes.txt", "mine");
        _directory.Write("cache/blocks/x.segment", "mine");
        _directory.Write("cache/listings/mine.listings", "mine");
        _directory.Write($"cache/listings/{new string('a', 32)}.listings", "saved");
        await using WarmRig rig = await WarmRig.StartAsync(directory: _directory, existing: store);
        CacheContents gone = CacheDirectory.Open(_directory["cache"]).Clear();
        Assert.That((gone.Segments, gone.Listings, gone.ListingBytes), Is.EqualTo((1, 1, 5L)));
        string[] left = [.. Directory.GetFiles(_directory["cache"], "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path))];
        Assert.That(left, Is.EquivalentTo((string[])["notes.txt", "x.segment", "mine.listings"]));
        for (int i = 0; i < 20; i++)
            await rig.ReadRampAsync($"d/{i:d2}", seed: i);
    }

    [Test]
    public async Task A_file_that_is_damaged_as_a_whole_is_named(CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        string segment = Directory.GetFiles(_directory["cache/blocks"], "*.segment").Single();
        await using (FileStream file = File.OpenWrite(segment))
            file.SetLength(file.Length - 7);
        CacheContents found = CacheDirectory.Open(_directory["cache"]).Verify(_ => { }, cancellationToken);
        Assert.That(found.Problems, Is.EqualTo([$"{segment}: it is damaged as a whole; the next mount deletes it"]));
    }

    private async Task<FakeObjectStore> FillAsync(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(directory: _directory);
        for (int i = 0; i < 20; i++)
            rig.Store.PutRamp($"d/{i:d2}", 10_000, seed: i);
        Assert.That((await rig.WarmAsync(cancellationToken)).FetchedFiles, Is.EqualTo(20));
        return rig.Store;
    }
}
