using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Objects that are overwritten and deleted under the mount: never a wrong byte, never a file that nobody can open again.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class ChangedObjectTests : MountTest
{
    // Twice the mount's whole memory: what was not read must be fetched.
    private const int LargeLength = 32 << 20;
    private const int SmallLength = 50_000;

    // A TTL of a second, a listing, and a busy machine.
    private static readonly TimeSpan _afterTtl = TimeSpan.FromSeconds(8);

    private TestBucket _bucket = null!;
    private ReaderProcess _reader = null!;

    [OneTimeSetUp]
    public async Task Create_the_bucket() => _bucket = await ObjectStores.CreateBucketAsync("changing");

    [OneTimeTearDown]
    public void Let_go_of_the_bucket() => _bucket?.Dispose();

    [SetUp]
    public async Task Start_a_reader() => _reader = await ReaderProcess.StartAsync();

    [TearDown]
    public async Task End_the_reader() => await _reader.DisposeAsync();

    [TestCase("1s")]
    [TestCase("60s")]
    public async Task An_open_reader_of_an_overwritten_object_gets_old_bytes_or_an_error_and_the_next_open_the_new_version(string ttl)
    {
        await PutAsync("large", 1, LargeLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", ttl, "--memory", "16MiB");
        await _reader.AskAsync("open", "file", mount["large"]);
        Assert.That(await _reader.AskAsync("read", "file", 0, 65_536), Is.EqualTo("1"));

        await PutAsync("large", 2, LargeLength);
        // The end first: nothing has read ahead to there.
        Assert.That(await _reader.AskAsync("read", "file", LargeLength - 65_536, 65_536), Is.EqualTo("ESTALE"));
        for (int offset = 0; offset < LargeLength; offset += 1 << 20)
            Assert.That(await _reader.AskAsync("read", "file", offset, 100_000), Is.EqualTo("1").Or.EqualTo("ESTALE"), $"at {offset}");

        Assert.That(await _reader.AskAsync("cat", mount["large"]), Is.EqualTo($"2 {LargeLength}"), "the error told the mount: a new open sees what is there now");
        Assert.That(await _reader.AskAsync("read", "file", 0, 65_536), Is.EqualTo("1").Or.EqualTo("ESTALE"));
        Assert.That(await _reader.AskAsync("close", "file"), Is.EqualTo("closed"));
    }

    [TestCase("1s")]
    [TestCase("60s")]
    public async Task An_open_reader_of_a_deleted_object_gets_old_bytes_or_an_error_and_the_next_open_finds_nothing(string ttl)
    {
        await PutAsync("deleted", 1, LargeLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", ttl, "--memory", "16MiB");
        await _reader.AskAsync("open", "file", mount["deleted"]);
        Assert.That(await _reader.AskAsync("read", "file", 0, 65_536), Is.EqualTo("1"));

        await _bucket.DeleteAsync("deleted");
        Assert.That(await _reader.AskAsync("read", "file", LargeLength - 65_536, 65_536), Is.EqualTo("ESTALE"));
        Assert.That(await _reader.AskAsync("read", "file", 0, 65_536), Is.EqualTo("1").Or.EqualTo("ESTALE"));
        Assert.That(await _reader.AskAsync("cat", mount["deleted"]), Is.EqualTo("ENOENT"));
        Assert.That(await _reader.AskAsync("close", "file"), Is.EqualTo("closed"));
    }

    [Test]
    public async Task An_open_right_after_the_error_sees_the_new_version()
    {
        const int Length = 8 << 20;
        await using S3TestServer server = await S3TestServer.StartAsync();
        S3Bucket bucket = server.CreateBucket("retried");
        bucket.Put("file", VersionedContent.Create(1, Length));
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(server), Target = "retried", Arguments = ["--memory", "16MiB"] });
        for (int version = 2; version <= 40; version++)
        {
            await _reader.AskAsync("open", "file", mount["file"]);
            Assert.That(await _reader.AskAsync("read", "file", 0, 16), Is.EqualTo($"{version - 1}"));
            bucket.Put("file", VersionedContent.Create(version, Length));
            // Each time where neither this version nor the one before was read: 3, 7, 5, 3, ... MiB.
            int offset = 7 - version % 3 * 2 << 20;
            Assert.That(await _reader.AskAsync("retry", "file", mount["file"], offset), Is.EqualTo($"again {version}"));
            await _reader.AskAsync("close", "file");
        }
    }

    [TestCase(SmallLength)]
    [TestCase(SmallLength / 2)]
    [TestCase(SmallLength * 3 + 5)]
    public async Task After_the_ttl_an_open_sees_the_new_version_whatever_its_length(int newLength)
    {
        await PutAsync("small", 1, SmallLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1s");
        Assert.That(await _reader.AskAsync("cat", mount["small"]), Is.EqualTo($"1 {SmallLength}"));
        await _reader.AskAsync("open", "old", mount["small"]);

        await PutAsync("small", 2, newLength);
        await EventuallyAnswersAsync([$"1 {SmallLength}"], $"2 {newLength}", "cat", mount["small"]);
        // Its bytes lie in the page cache, under the inode of the old version.
        Assert.That(await _reader.AskAsync("read", "old", 0, SmallLength), Is.EqualTo("1"));
        Assert.That(await _reader.AskAsync("cat", mount["small"]), Is.EqualTo($"2 {newLength}"));
    }

    [Test]
    public async Task After_the_ttl_a_deleted_object_is_gone()
    {
        await PutAsync("going", 1, SmallLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1s");
        Assert.That(await _reader.AskAsync("cat", mount["going"]), Is.EqualTo($"1 {SmallLength}"));
        await _bucket.DeleteAsync("going");
        await EventuallyAnswersAsync([$"1 {SmallLength}"], "ENOENT", "cat", mount["going"]);
    }

    [TestCase("cat", "ttl-dir/a", "1 50000", "2 50000")]
    [TestCase("names", "ttl-dir", """["a"]""", """["a", "b"]""")]
    public async Task What_was_seen_holds_for_the_whole_ttl_and_soon_after_no_more(string operation, string path, string before, string after)
    {
        TimeSpan ttl = TimeSpan.FromSeconds(2);
        await _bucket.DeleteAsync("ttl-dir/b");
        await PutAsync("ttl-dir/a", 1, SmallLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "2s");
        // The TTL begins after this.
        long start = Stopwatch.GetTimestamp();
        Assert.That(await _reader.AskAsync(operation, mount[path]), Is.EqualTo(before));
        await PutAsync("ttl-dir/a", 2, SmallLength);
        await PutAsync("ttl-dir/b", 1, SmallLength);
        int held = 0;
        await Eventually.IsTrueAsync(
            async () =>
            {
                string answer = await _reader.AskAsync(operation, mount[path]);
                if (answer == after)
                {
                    Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(ttl));
                    return true;
                }
                Assert.That(answer, Is.EqualTo(before));
                held++;
                return false;
            },
            ttl + _afterTtl, $"{operation} answers {after}");
        Assert.That(held, Is.Positive, "it was asked within the TTL too");
    }

    [Test]
    public async Task Within_the_ttl_what_was_read_stays()
    {
        await PutAsync("staying", 1, SmallLength);
        MountedBucket mount = await MountAsync(_bucket);
        Assert.That(await _reader.AskAsync("cat", mount["staying"]), Is.EqualTo($"1 {SmallLength}"));
        await PutAsync("staying", 2, SmallLength);
        Assert.That(await _reader.AskAsync("cat", mount["staying"]), Is.EqualTo($"1 {SmallLength}"));
    }

    [Test]
    public async Task A_file_that_turns_into_a_directory_and_back_is_seen_as_both()
    {
        await PutAsync("both", 1, SmallLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1s");
        Assert.That(await _reader.AskAsync("cat", mount["both"]), Is.EqualTo($"1 {SmallLength}"));
        await PutAsync("both/inside", 2, SmallLength);
        await EventuallyAnswersAsync(["ENOTDIR"], """["inside"]""", "names", mount["both"]);
        Assert.That(await _reader.AskAsync("cat", mount["both/inside"]), Is.EqualTo($"2 {SmallLength}"));
        await _bucket.DeleteAsync("both/inside");
        await EventuallyAnswersAsync(["EISDIR"], $"1 {SmallLength}", "cat", mount["both"]);
    }

    [Test]
    public async Task After_the_ttl_a_listing_shows_what_came_and_what_went_and_the_directory_has_another_mtime()
    {
        await PutAsync("dir/a", 1, 100);
        await PutAsync("dir/b", 1, 100);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1s");
        Assert.That(await _reader.AskAsync("names", mount["dir"]), Is.EqualTo("""["a", "b"]"""));
        long before = await MtimeAsync(mount["dir"]);
        Assert.That(await _reader.AskAsync("stat", mount["dir/c"]), Is.EqualTo("ENOENT"));

        await PutAsync("dir/c", 1, 100);
        await EventuallyAnswersAsync(["""["a", "b"]"""], """["a", "b", "c"]""", "names", mount["dir"]);
        long withC = await MtimeAsync(mount["dir"]);
        await _bucket.DeleteAsync("dir/a");
        await EventuallyAnswersAsync(["""["a", "b", "c"]"""], """["b", "c"]""", "names", mount["dir"]);
        long withoutA = await MtimeAsync(mount["dir"]);
        Assert.That((long[])[before, withC, withoutA], Is.Unique);
        Assert.That(await _reader.AskAsync("cat", mount["dir/c"]), Is.EqualTo("1 100"));
    }

    [Test]
    public async Task The_same_bytes_written_again_are_the_same_file()
    {
        await PutAsync("same", 1, LargeLength);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1s", "--memory", "16MiB");
        await _reader.AskAsync("open", "file", mount["same"]);
        Assert.That(await _reader.AskAsync("read", "file", 0, 65_536), Is.EqualTo("1"));
        long before = await MtimeAsync(mount["same"]);
        await Eventually.IsTrueAsync(
            async () =>
            {
                // LastModified has whole seconds.
                await PutAsync("same", 1, LargeLength);
                return await MtimeAsync(mount["same"]) != before;
            },
            TimeSpan.FromSeconds(20), "the new time is seen");
        Assert.That(await _reader.AskAsync("read", "file", LargeLength - 65_536, 65_536), Is.EqualTo("1"), "a part that was never read");
        Assert.That(await _reader.AskAsync("read", "file", 0, 65_536), Is.EqualTo("1"));
    }

    [TestCase(3600)]
    [TestCase(-3600)]
    public async Task The_same_bytes_with_another_time_show_the_time_and_keep_the_inode(int seconds)
    {
        DateTimeOffset first = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        DateTimeOffset second = first.AddSeconds(seconds);
        await using S3TestServer server = await S3TestServer.StartAsync();
        S3Bucket bucket = server.CreateBucket("touched");
        bucket.Put("dir/file", VersionedContent.Create(1, SmallLength), lastModified: first);
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(server), Target = "touched", Arguments = ["--metadata-ttl", "1s"] });
        string path = mount["dir/file"];
        await _reader.AskAsync("open", "file", path);
        Assert.That(await _reader.AskAsync("cat", path), Is.EqualTo($"1 {SmallLength}"));
        string before = await _reader.AskAsync("stat", path);
        ulong inode = JsonDocument.Parse(before).RootElement.GetProperty("ino").GetUInt64();
        Assert.That(before, Is.EqualTo(Stat(first)));

        bucket.Put("dir/file", VersionedContent.Create(1, SmallLength), lastModified: second);
        await EventuallyAnswersAsync([before], Stat(second), "stat", path);
        Assert.That(await _reader.AskAsync("read", "file", 0, SmallLength), Is.EqualTo("1"));
        Assert.That(await _reader.AskAsync("cat", path), Is.EqualTo($"1 {SmallLength}"));
        Assert.That(await _reader.AskAsync("close", "file"), Is.EqualTo("closed"));

        string Stat(DateTimeOffset time) =>
            string.Create(CultureInfo.InvariantCulture, $$"""{"mtime": {{time.ToUnixTimeSeconds()}}000000000, "size": {{SmallLength}}, "ino": {{inode}}}""");
    }

    [TestCase("1s", 40_000)]
    [TestCase("1s", 3_000_000)]
    [TestCase("0", 3_000_000)]
    public async Task Readers_of_an_object_that_changes_all_the_time_never_see_two_versions_at_once(string ttl, int length)
    {
        const int Versions = 30;
        string key = $"hammered-{ttl}-{length}";
        using TempDirectory local = NewDirectory();
        await PutAsync(key, 1, length);
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", ttl);
        ReaderProcess[] readers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ReaderProcess.StartAsync()));
        try
        {
            foreach (ReaderProcess reader in readers)
            {
                Assert.That(await reader.AskAsync("cat", mount[key]), Is.EqualTo($"1 {length}"));
                await reader.BeginAsync("hammer", mount[key], local["stop"]);
            }
            // Several times the TTL in all.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(120));
            for (int version = 2; version <= Versions && await pace.WaitForNextTickAsync(); version++)
                await PutAsync(key, version, length + version * 16);
            await EventuallyAnswersAsync(null, $"{Versions} {length + Versions * 16}", "cat", mount[key]);
            local.Write("stop", "");
            foreach (ReaderProcess reader in readers)
                AssertHammered(await reader.AnswerAsync(1));
        }
        finally
        {
            foreach (ReaderProcess reader in readers)
                await reader.DisposeAsync();
        }
    }

    private static void AssertHammered(string answer)
    {
        Assert.That(answer, Does.StartWith("{"), "each pass is one whole version");
        Hammered result = JsonSerializer.Deserialize<Hammered>(answer, JsonSerializerOptions.Web)!;
        Assert.That(result.Seen, Is.Ordered.And.Unique, "no version comes back");
        Assert.That(result.Seen, Has.Length.GreaterThan(1));
        Assert.That(result.Errors, Is.SubsetOf((string[])["ESTALE"]));
    }

    // A new answer may take until the TTL has passed; until then only the old ones are right (any, when null).
    private Task EventuallyAnswersAsync(string[]? before, string after, string operation, string path) => Eventually.IsTrueAsync(
        async () =>
        {
            string answer = await _reader.AskAsync(operation, path);
            if (before is not null)
                Assert.That(answer, Is.EqualTo(after).Or.AnyOf([.. before]));
            return answer == after;
        },
        _afterTtl, $"{operation} answers {after}");

    private async Task<long> MtimeAsync(string path) =>
        JsonDocument.Parse(await _reader.AskAsync("stat", path)).RootElement.GetProperty("mtime").GetInt64();

    private Task PutAsync(string key, int version, int length) => _bucket.PutAsync(key, VersionedContent.Create(version, length));

    private sealed record Hammered(int Passes, int[] Seen, string[] Errors);
}
