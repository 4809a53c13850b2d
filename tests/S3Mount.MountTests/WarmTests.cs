using System.Globalization;
using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests;

/// <summary><c>s3mount warm</c> and <c>--hydrate</c>: what is read after them comes from the local disk.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class WarmTests : MountTest
{
    private const string Bucket = "near";
    private const int Images = 120;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (long Length, int Seed)> _files = [];
    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;
    private string _cache = null!;

    private long Gets => _server.Requests.Count(S3Operation.GetObject);

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket(Bucket);
        _files.Clear();
        for (int i = 0; i < Images; i++)
            Put(string.Create(CultureInfo.InvariantCulture, $"train/class{i % 4}/img {i:d3}.jpg"), 50_000 + (i * 977), i);
        Put("shards/large.tar", (11 << 20) + 3, 500);
        _cache = NewDirectory()["cache"];

        void Put(string key, long length, int seed)
        {
            _bucket.PutRamp(key, length, seed);
            _files.Add(key, (length, seed));
        }
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task What_is_warm_is_read_without_a_GET_also_by_the_next_mount_and_nothing_is_fetched_twice()
    {
        MountedBucket mount = await MountAsync();
        ChildResult check = await WarmAsync(mount.Path, "--check");
        Assert.That((check.ExitCode, check.Output, Gets), Is.EqualTo((1, $"0 of 121 files cached, 0 B of {Size(_files.Values.Sum(file => file.Length))}, 0.0 %; 121 missing\n", 0L)));

        ChildResult warm = await WarmAsync(mount.Path);
        Assert.That((warm.ExitCode, warm.Error), Is.EqualTo((0, "")), warm.Output);
        Assert.That(warm.Output, Does.Match("^121 files \\(.* MiB\\) fetched in .* s \\(.*/s\\); nothing there already\n$"));
        long fetched = Gets;
        await ReadAllAsync(mount);
        Assert.That(Gets, Is.EqualTo(fetched), "read from the disk");

        ChildResult again = await WarmAsync(mount["train"]);
        Assert.That(again.Output, Does.Match("^nothing fetched in .* s; 120 files \\(.*\\) there already\n$"));
        check = await WarmAsync(mount.Path, "--check");
        Assert.That((check.ExitCode, check.Output), Is.EqualTo((0, $"121 of 121 files cached, {Size(_files.Values.Sum(file => file.Length))} of {Size(_files.Values.Sum(file => file.Length))}, 100.0 %; 0 missing\n")));
        Assert.That(Gets, Is.EqualTo(fetched));
        JsonElement cache = (await StatusAsync(mount)).GetProperty("cache");
        Assert.That(cache.GetProperty("hitBytes").GetInt64(), Is.GreaterThanOrEqualTo(_files.Values.Sum(file => file.Length)));
        await mount.EndAsync();

        MountedBucket next = await MountAsync();
        await ReadAllAsync(next);
        Assert.That(Gets, Is.EqualTo(fetched));
    }

    [Test]
    public async Task A_list_is_fetched_in_its_order_and_what_is_wrong_in_it_is_named()
    {
        MountedBucket mount = await MountAsync("--max-connections", "1");
        using TempDirectory directory = NewDirectory();
        string[] order = [.. _files.Keys.Where(key => key.StartsWith("train/", StringComparison.Ordinal)).Reverse()];
        await File.WriteAllTextAsync(directory["list"], string.Join('\n', order.Select((key, i) => i % 2 == 0 ? mount[key] : "./" + key)) + "\n\ntrain/nothing here\n");
        ChildResult warm = await WarmAsync(mount.Path, "--from-list", directory["list"]);
        Assert.That((warm.ExitCode, warm.Error), Is.EqualTo((1, "s3mount: there is no train/nothing here in the store\n")), warm.Output);
        Assert.That(warm.Output, Does.StartWith("120 files (").And.EndsWith("; nothing there already; 1 file failed\n"));
        Assert.That(_server.Requests.Entries.Where(entry => entry.Operation == S3Operation.GetObject).Select(entry => entry.Key.ToString()), Is.EqualTo(order));

        // From the standard input, and from names relative to a directory in the mount.
        ChildResult piped = await Client.ShellAsync("ls $2/train/class1 | $1 warm $2/train/class1 --from-list -", ProgramUnderTest.Path, mount.Path);
        Assert.That(piped.Output, Does.StartWith("nothing fetched in ").And.Contains("; 30 files "));
        ChildResult other = await Client.TryShellAsync("echo /tmp | $1 warm $2 --from-list -", ProgramUnderTest.Path, mount.Path);
        Assert.That((other.ExitCode, other.Error), Is.EqualTo((1, "s3mount: /tmp is not in a mount of s3mount; s3mount status lists those that there are\n")));
    }

    [Test]
    public async Task A_mount_that_hydrates_brings_everything_once_while_it_is_read()
    {
        MountedBucket mount = await MountAsync("--hydrate");
        await ReadAllAsync(mount);
        await Eventually.IsTrueAsync(async () => await HydrationAsync(mount) == "done", _patience, "everything is there");
        Assert.That(_server.Requests.Entries.Where(entry => entry.Operation == S3Operation.GetObject).GroupBy(entry => entry.Key.ToString()).Where(gets => gets.Key != "shards/large.tar").Count(gets => gets.Count() > 1), Is.LessThanOrEqualTo(2));
        ChildResult text = await ProgramUnderTest.RunAsync(["status", mount.Path]);
        Assert.That(text.Output, Does.Contain("  hydration     done: 100 %  121 of 121 files, ").And.Contain("  cache  "));
        Assert.That(mount.Log, Does.Contain("hydration is done: "));
        await mount.EndAsync();
        long fetched = Gets;
        MountedBucket next = await MountAsync("-o", "hydrate");
        await ReadAllAsync(next);
        await Eventually.IsTrueAsync(async () => await HydrationAsync(next) == "done", _patience, "everything is there");
        Assert.That(Gets, Is.EqualTo(fetched));
    }

    [Test]
    public async Task It_stops_at_Ctrl_C_and_goes_on_from_there_the_next_time()
    {
        MountedBucket mount = await MountAsync();
        using var gate = new Gate();
        using (var held = new HeldStore(_server, S3Operation.GetObject, gate))
        {
            gate.Release(40);
            await using ChildProcess warming = await ProgramUnderTest.StartAsync(["warm", mount["train"]]);
            await gate.WaitForArrivalsAsync(60, TestContext.CurrentContext.CancellationToken);
            await Eventually.IsTrueAsync(async () => (await WarmAsync(mount["train"], "--check")).Output.StartsWith("40 of 120 files cached", StringComparison.Ordinal), _patience, "40 are there");
            warming.Signal(ProcessSignals.Interrupt);
            ChildResult stopped = await warming.WaitAsync(_patience);
            Assert.That((stopped.ExitCode, stopped.Output, stopped.Error), Is.EqualTo((1, "", "s3mount: stopped; what is cached stays, and the next time it goes on from there\n")));
            await Eventually.IsTrueAsync(() => _server.Requests.InFlight == 0, _patience, "nothing is fetched any more");
        }
        ChildResult rest = await WarmAsync(mount["train"]);
        Assert.That(rest.ExitCode, Is.Zero, rest.Error);
        Assert.That(rest.Output, Does.StartWith("80 files (").And.Contain("; 40 files ("));
    }

    [Test]
    public async Task One_that_fails_is_named_and_the_others_come()
    {
        MountedBucket mount = await MountAsync();
        _server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Key = "train/class2/img 002.jpg", Times = FaultRule.Always, Effect = new AnswerFault(403) { Code = "AccessDenied" } });
        ChildResult warm = await WarmAsync(mount["train"]);
        Assert.That(warm.ExitCode, Is.EqualTo(1), warm.Output);
        Assert.That(warm.Output, Does.StartWith("119 files (").And.EndsWith("; nothing there already; 1 file failed\n"));
        Assert.That(warm.Error, Does.StartWith("s3mount: ").And.Contain("train/class2/img 002.jpg").And.Contain("AccessDenied"));
    }

    [Test]
    public async Task What_cannot_be_warmed_is_one_line()
    {
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket });
        ChildResult without = await WarmAsync(mount.Path);
        Assert.That((without.ExitCode, without.Output, without.Error), Is.EqualTo((1, "", $"s3mount: the mount at {mount.Path} has no disk cache to bring anything to: mount with --cache DIR\n")));
        ChildResult outside = await WarmAsync("/tmp");
        Assert.That((outside.ExitCode, outside.Error), Is.EqualTo((1, "s3mount: /tmp is not in a mount of s3mount; s3mount status lists those that there are\n")));
        ChildResult usage = await WarmAsync("--from-list");
        Assert.That((usage.ExitCode, usage.Error), Is.EqualTo((2, "s3mount: --from-list needs a value: --from-list FILE\n")));
        ChildResult missing = await WarmAsync(mount.Path, "--from-list", "/nowhere/list");
        Assert.That(missing.ExitCode, Is.EqualTo(1));
        Assert.That(missing.Error, Does.StartWith("s3mount: /nowhere/list cannot be read: "));
    }

    [Test]
    public async Task The_directory_of_a_cache_is_measured_verified_and_cleared_beside_its_mounts()
    {
        MountedBucket mount = await MountAsync();
        await WarmAsync(mount.Path);
        await mount.EndAsync();
        MountedBucket next = await MountAsync();
        ChildResult stats = await ProgramUnderTest.RunAsync(["cache", "stats", _cache]);
        Assert.That((stats.ExitCode, stats.Error), Is.EqualTo((0, "")));
        Assert.That(stats.Output, Does.StartWith(_cache + "\n  contents      ").And.Contain($" {Size(_files.Values.Sum(file => file.Length))} in 132 records; "));
        string segment = Directory.GetFiles(_cache + "/blocks", "*.segment").First();
        await Client.ShellAsync("printf x | dd of=$1 bs=1 seek=20000 conv=notrunc", segment);
        ChildResult verify = await ProgramUnderTest.RunAsync(["cache", "verify", _cache]);
        Assert.That(verify.ExitCode, Is.EqualTo(1), verify.Output);
        Assert.That(verify.Output, Does.StartWith($"{segment}: 1 of ").And.Contain("; 1 records were damaged"));
        Assert.That((await ProgramUnderTest.RunAsync(["cache", "verify", _cache])).ExitCode, Is.Zero);
        await ReadAllAsync(next);
        ChildResult clear = await ProgramUnderTest.RunAsync(["cache", "clear", _cache]);
        Assert.That((clear.ExitCode, clear.Error), Is.EqualTo((0, "")));
        Assert.That(Directory.GetFiles(_cache, "*", SearchOption.AllDirectories), Is.Empty);
        await ReadAllAsync(next);
        ChildResult none = await ProgramUnderTest.RunAsync(["cache", "stats", "/tmp"]);
        Assert.That((none.ExitCode, none.Error), Is.EqualTo((1, "s3mount: /tmp is no cache of s3mount: it has neither blocks nor listings\n")));
    }

    [Test]
    public async Task A_file_is_explained_before_and_after()
    {
        MountedBucket mount = await MountAsync();
        ChildResult cold = await ProgramUnderTest.RunAsync(["explain", mount["shards/large.tar"]]);
        Assert.That(cold.EnsureSuccess().Output, Does.Match("^key +shards/large.tar\n").And.Match("disk cache +nothing\n").And.Match("a read +takes all from the store\n"));
        await WarmAsync(mount["shards"]);
        ChildResult warm = await ProgramUnderTest.RunAsync(["explain", mount["shards/large.tar"], "--json"]);
        using var document = JsonDocument.Parse(warm.EnsureSuccess().Output);
        JsonElement range = document.RootElement.GetProperty("onDisk").EnumerateArray().Single();
        Assert.That((range.GetProperty("offset").GetInt64(), range.GetProperty("length").GetInt64()), Is.EqualTo((0L, (11L << 20) + 3)));
        ChildResult missing = await ProgramUnderTest.RunAsync(["explain", mount["nothing"]]);
        Assert.That((missing.ExitCode, missing.Error), Is.EqualTo((1, "s3mount: there is no nothing in the store\n")));
    }

    private Task<MountedBucket> MountAsync(params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = ["--cache", _cache, .. arguments] });

    private static Task<ChildResult> WarmAsync(params string[] arguments) => ProgramUnderTest.RunAsync(["warm", .. arguments]);

    // Every byte, with what was put there.
    private async Task ReadAllAsync(MountedBucket mount)
    {
        using TempDirectory directory = NewDirectory();
        await Client.ShellAsync("cp -r $1/. $2/", mount.Path, directory.CreateDirectory("copy"));
        foreach ((string key, (long length, int seed)) in _files)
        {
            byte[] bytes = await File.ReadAllBytesAsync(directory["copy/" + key]);
            Assert.That(bytes, Has.Length.EqualTo((int)length), key);
            Assert.That(Ramp.FirstDifference(bytes, 0, seed), Is.EqualTo(-1), key);
        }
    }

    private static async Task<JsonElement> StatusAsync(MountedBucket mount) =>
        JsonDocument.Parse((await ProgramUnderTest.RunAsync(["status", mount.Path, "--json"])).Output).RootElement[0].GetProperty("status");

    private static async Task<string?> HydrationAsync(MountedBucket mount) => (await StatusAsync(mount)).GetProperty("hydration").GetProperty("state").GetString();

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");
}
