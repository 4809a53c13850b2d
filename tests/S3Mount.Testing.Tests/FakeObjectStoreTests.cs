using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.Tests;

public sealed class FakeObjectStoreTests
{
    private readonly FakeObjectStore _store = new();

    [OneTimeTearDown]
    public async Task Dispose() => await _store.DisposeAsync();

    [SetUp]
    public void Clear()
    {
        foreach (Objects.StoredObject stored in _store.Objects.ToArray())
            _store.Objects.Remove(stored.Key);
        _store.ClearFaults();
        _store.ResetCalls();
        (_store.PageSize, _store.ProgressStep, _store.OnProgress) = (1000, int.MaxValue, null);
    }

    [Test]
    public async Task A_page_shows_objects_and_common_prefixes_in_byte_order()
    {
        foreach (string key in (string[])["d/b", "d/a/x", "d/a/y", "d/a-", "d/a.b", "d/é", "d/z", "d/", "e", "d"])
            _store.Put(key, key);
        ListPage page = await _store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey("d/"), Delimiter = true }, default);
        Assert.That(Keys(page), Is.EqualTo(["d/", "d/a-", "d/a.b", "d/b", "d/z", "d/é"]));
        Assert.That(Prefixes(page), Is.EqualTo(["d/a/"]));
        Assert.That(page.IsTruncated, Is.False);
        Assert.That(page.Objects.Span[1].Version.Size, Is.EqualTo(4));
    }

    [Test]
    public async Task Pages_follow_one_another_without_gap_or_repeat([Values(1, 2, 3, 7)] int pageSize)
    {
        _store.PageSize = pageSize;
        string[] keys = ["a/1", "a/2", "b", "c/1", "c/2", "c/3", "d"];
        foreach (string key in keys)
            _store.Put(key, key);
        Assert.That(await ListAllAsync(delimiter: false), Is.EqualTo(keys));
        Assert.That(await ListAllAsync(delimiter: true), Is.EquivalentTo(["a/", "b", "c/", "d"]));
        Assert.That(_store.Lists, Is.EqualTo((7 + pageSize - 1) / pageSize + (4 + pageSize - 1) / pageSize));
    }

    [Test]
    public async Task Start_after_leaves_out_the_key_itself()
    {
        foreach (string key in (string[])["a", "b", "c"])
            _store.Put(key, key);
        ListPage page = await _store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey(""), StartAfter = new ObjectKey("a") }, default);
        Assert.That(Keys(page), Is.EqualTo(["b", "c"]));
    }

    [Test]
    public async Task A_read_fills_exactly_its_range_and_tells_its_progress()
    {
        ObjectVersion version = _store.PutRamp("k", 10_000_000_000, seed: 5).Version;
        _store.ProgressStep = 1000;
        var progress = new ProgressLog();
        byte[] bytes = new byte[2500];
        await _store.ReadRangeAsync(new ObjectKey("k"), version, 7_000_000_001, bytes, progress, default);
        Assert.That(Ramp.FirstDifference(bytes, 7_000_000_001, 5), Is.EqualTo(-1));
        Assert.That(progress.Filled, Is.EqualTo([1000, 2000, 2500]));
        Assert.That((_store.Calls[0].Offset, _store.Calls[0].Length, _store.Gets), Is.EqualTo((7_000_000_001, 2500, 1)));
    }

    [Test]
    public async Task A_read_of_another_version_fails_and_one_of_a_missing_key_too()
    {
        ObjectVersion old = _store.Put("k", "old").Version;
        _store.Put("k", "new");
        Assert.That(await FailureAsync("k", old), Is.EqualTo(ObjectStoreFailure.PreconditionFailed));
        _store.Delete("k");
        Assert.That(await FailureAsync("k", old), Is.EqualTo(ObjectStoreFailure.NotFound));
    }

    [Test]
    public async Task A_read_under_way_keeps_its_version()
    {
        ObjectVersion version = _store.PutRamp("k", 100).Version;
        _store.ProgressStep = 10;
        _store.OnProgress = (_, filled, _) =>
        {
            if (filled == 50)
                _store.PutRamp("k", 100, seed: 9);
            return ValueTask.CompletedTask;
        };
        byte[] bytes = new byte[100];
        await _store.ReadRangeAsync(new ObjectKey("k"), version, 0, bytes, null, default);
        Assert.That(Ramp.FirstDifference(bytes, 0), Is.EqualTo(-1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_held_read_sees_what_was_put_meanwhile(CancellationToken cancellationToken)
    {
        await using var store = new FakeObjectStore();
        ObjectVersion version = store.Put("k", "old").Version;
        using Gate gate = store.Hold(StoreOperation.Get);
        Task read = store.ReadRangeAsync(new ObjectKey("k"), version, 0, new byte[3], null, cancellationToken).AsTask();
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Assert.That((store.InFlight, read.IsCompleted), Is.EqualTo((1, false)));
        store.Put("k", "new");
        gate.Open();
        Assert.That(async () => await read, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.PreconditionFailed));
        Assert.That((store.InFlight, store.MaxInFlight), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task The_nth_call_fails_and_the_others_do_not()
    {
        ObjectVersion version = _store.Put("k", "abc").Version;
        _store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable, number: 2, times: 2);
        ObjectStoreFailure?[] failures = new ObjectStoreFailure?[4];
        for (int i = 0; i < failures.Length; i++)
            failures[i] = await FailureAsync("k", version);
        Assert.That(failures, Is.EqualTo(new ObjectStoreFailure?[] { null, ObjectStoreFailure.Unavailable, ObjectStoreFailure.Unavailable, null }));
    }

    [Test]
    public async Task A_read_can_fail_in_the_middle()
    {
        ObjectVersion version = _store.PutRamp("k", 100).Version;
        _store.Fail(new StoreFault { Operation = StoreOperation.Get, AfterBytes = 40, Failure = StoreFault.Of(ObjectStoreFailure.Unavailable) });
        var progress = new ProgressLog();
        byte[] bytes = new byte[100];
        Assert.That(async () => await _store.ReadRangeAsync(new ObjectKey("k"), version, 0, bytes, progress, default), Throws.InstanceOf<ObjectStoreException>());
        Assert.That(progress.Filled, Is.EqualTo([40]));
        Assert.That(Ramp.FirstDifference(bytes.AsSpan(0, 40), 0), Is.EqualTo(-1));
        Assert.That(bytes[40..], Is.All.Zero);
        Assert.That(await FailureAsync("k", version), Is.Null);
    }

    [Test]
    public async Task Head_tells_version_and_storage_class()
    {
        Objects.StoredObject stored = _store.Put("k", "abc", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_900));
        ObjectInfo info = await _store.HeadAsync(new ObjectKey("k"), default);
        Assert.That(info.Version, Is.EqualTo(new ObjectVersion(ETag.Parse("900150983cd24fb0d6963f7d28e17f72"), 3, 1_700_000_000)));
        Assert.That((info.Version, info.StorageClass), Is.EqualTo((stored.Version, "STANDARD")));
    }

    private async Task<ObjectStoreFailure?> FailureAsync(string key, ObjectVersion version)
    {
        try
        {
            await _store.ReadRangeAsync(new ObjectKey(key), version, 0, new byte[version.Size], null, default);
            return null;
        }
        catch (ObjectStoreException exception)
        {
            return exception.Failure;
        }
    }

    private async Task<List<string>> ListAllAsync(bool delimiter)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            ListPage page = await _store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey(""), Delimiter = delimiter, ContinuationToken = token }, default);
            names.AddRange(Keys(page));
            names.AddRange(Prefixes(page));
            token = page.NextContinuationToken;
        }
        while (token is not null);
        return names;
    }

    private static string[] Keys(ListPage page)
    {
        string[] keys = new string[page.Objects.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = Encoding.UTF8.GetString(page.KeyOf(page.Objects.Span[i]));
        return keys;
    }

    private static string[] Prefixes(ListPage page)
    {
        string[] prefixes = new string[page.CommonPrefixes.Length];
        for (int i = 0; i < prefixes.Length; i++)
            prefixes[i] = Encoding.UTF8.GetString(page.KeyOf(page.CommonPrefixes.Span[i]));
        return prefixes;
    }

    private sealed class ProgressLog : IReadProgress
    {
        public List<int> Filled { get; } = [];

        public void Advance(int filled) => Filled.Add(filled);
    }
}
