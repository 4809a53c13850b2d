using System.Globalization;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests;

/// <summary>
/// A store in which everything goes wrong at random, and objects that are overwritten and deleted meanwhile. Every byte that a reader
/// gets belongs to one version that was there, and what else it gets is an errno of the table.
/// </summary>
[Category("mount")]
// As long as the longest soak and what is around it; how long a run may take is said below.
[CancelAfter(90_000_000)]
public sealed class FaultTests : MountTest
{
    private const string SecondsVariable = "S3MOUNT_FAULT_SECONDS";
    // A file to which the figures are added; the output of a test is long.
    private const string FiguresVariable = "S3MOUNT_FIGURES";
    private const string SeedVariable = "S3MOUNT_FAULT_SEED";
    private const int Processes = 4;
    private const int MemoryMiB = 32;

    // The slowest read waits for the deadline of the mounts below, 60 s.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(75);
    private static readonly string[] _ofChangedObjects = ["stable ESTALE", "gone ESTALE", "gone ENOENT"];

    private readonly List<(string Name, ActiveFault Fault)> _faults = [];
    private FaultyStore _store = null!;
    private int _seed;

    [SetUp]
    public async Task Name_the_seed()
    {
        _seed = (int)Number(SeedVariable, 20_261);
        await TestContext.Out.WriteLineAsync($"{SeedVariable}={_seed}");
        _faults.Clear();
    }

    [Test]
    public async Task Faults_that_pass_reach_no_reader()
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        _store = FaultyStore.Of(server, "dataset");
        FaultyReading reading = await ReadAsync(withDiskCache: false);
        Assert.That(reading.Errors.Keys, Is.SubsetOf(_ofChangedObjects));
    }

    [Test]
    public async Task Faults_before_radosgw_that_pass_reach_no_reader()
    {
        using TestBucket bucket = await ObjectStores.CreateBucketAsync("faulty", TestContext.CurrentContext.CancellationToken);
        await using var proxy = new FaultProxy(bucket.Store.Url);
        _store = FaultyStore.Of(proxy, bucket);
        FaultyReading reading = await ReadAsync(withDiskCache: true);
        Assert.That(reading.Errors.Keys, Is.SubsetOf(_ofChangedObjects));
    }

    [Test]
    public async Task Answers_that_lie_give_errors_and_no_wrong_byte()
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        _store = FaultyStore.Of(server, "dataset");
        FaultyReading reading = await ReadAsync(withDiskCache: true, withLies: true);
        Assert.That(reading.Errors.Keys.Select(error => error.Split(' ')[1]).Distinct(), Is.SubsetOf((string[])["ESTALE", "EIO", "EACCES", "ENOENT"]));
        Assert.That(reading.Errors.Keys, Does.Not.Contain("stable ENOENT").And.Not.Contain("listing ENOENT"));
        // Of the others few come through: what cannot be used is asked for twice more.
        Assert.That(reading.Errors.Keys, Has.Some.EndsWith("EACCES").Or.Some.EndsWith("EIO"), "some of the lies were told");
    }

    private async Task<FaultyReading> ReadAsync(bool withDiskCache, bool withLies = false)
    {
        ChangingObjects objects = await ChangingObjects.CreateAsync(_store, _seed);
        string[] cache = withDiskCache ? ["--cache", Path.Combine(NewDirectory().Path, "cache"), "--max-cache-size", "256MiB"] : [];
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = _store.Address,
            Target = _store.Bucket,
            // Less memory than the files have bytes, so that they are fetched again and again.
            Arguments = ["--memory", $"{MemoryMiB}MiB", "--metadata-ttl", "1s", "--negative-metadata-ttl", "1s", "--io-deadline", "60s", .. cache],
        });
        GaugesCheck gauges = await GaugesCheck.BeginAsync(mount);
        AddFaultsThatPass();
        if (withLies)
            AddLies();
        double seconds = Number(SecondsVariable, 10);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CurrentContext.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds) + _grace);
        string[] arguments = [mount.Path, seconds.ToString(CultureInfo.InvariantCulture), _seed.ToString(CultureInfo.InvariantCulture), Processes.ToString(CultureInfo.InvariantCulture), .. objects.Names];
        await using ChildProcess readers = await Client.StartPythonAsync("faulty_readers.py", arguments);
        await ChangeUntilAsync(objects, () => readers.HasExited, deadline.Token);
        ChildResult result = (await readers.WaitAsync(TimeSpan.FromSeconds(5))).EnsureSuccess();
        _store.Faults.Clear();

        var reading = FaultyReading.Parse(result.OutputLines);
        long peak = DaemonProcesses.PeakMemoryOf(mount.DaemonId);
        string met = string.Join(", ", _faults.Select(fault => $"{fault.Name} {fault.Fault.Taken}"));
        await TellAsync($"{TestContext.CurrentContext.Test.Name}, {seconds} s\n{reading}\n{met}, versions {objects.Versions}\npeak memory {peak >> 20} MiB");
        Assert.That(reading.Wrong, Is.Empty);
        Assert.That(peak, Is.LessThan((MemoryMiB + 150L) << 20));
        Assert.That(_faults.Where(fault => fault.Fault.Taken == 0).Select(fault => fault.Name), Is.Empty, "each kind of fault was met");
        Assert.That(reading.Done["reads"], Is.GreaterThan(100 * seconds));
        await TellAsync(await gauges.EndAsync());
        await mount.EndAsync();
        return reading;
    }

    // Forty times a second an object changes, or as often as the store takes it; meanwhile the store is gone for a moment.
    private async Task ChangeUntilAsync(ChangingObjects objects, Func<bool> isOver, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        for (int i = 1; !isOver() && await timer.WaitForNextTickAsync(cancellationToken); i++)
        {
            await objects.ChangeOneAsync();
            if (i % 40 == 0)
                _store.Interrupt((ConnectionMode)(1 + (i / 40 % 3)));
            else if (i % 40 == 4)
                _store.Interrupt(ConnectionMode.Serve);
        }
        _store.Interrupt(ConnectionMode.Serve);
    }

    private void AddFaultsThatPass()
    {
        // The most that an object of these tests is dribbled or stalled is far below what s3mount takes for a dead connection.
        TimeSpan moment = TimeSpan.FromMilliseconds(300);
        Add("SlowDown", S3Operation.GetObject, AnswerFault.SlowDown, 0.02);
        Add("InternalError", S3Operation.GetObject, new AnswerFault(500) { Code = "InternalError" }, 0.02);
        Add("TooManyRequests", S3Operation.GetObject, new AnswerFault(429) { Body = "slowly" }, 0.02);
        Add("reset", S3Operation.GetObject, new ResetFault(), 0.02);
        Add("reset in the body", S3Operation.GetObject, new ResetFault(10_000), 0.02);
        Add("cut", S3Operation.GetObject, new CutFault(30_000), 0.02);
        Add("cut in the head", S3Operation.GetObject, new CutFault(50) { InHead = true }, 0.02);
        Add("stall", S3Operation.GetObject, new StallFault(1000) { Duration = moment }, 0.02);
        Add("stall in the head", S3Operation.GetObject, new StallFault(10) { InHead = true, Duration = moment }, 0.02);
        Add("dribble", S3Operation.GetObject, new DribbleFault(20_000, TimeSpan.FromMilliseconds(5)), 0.02);
        Add("delay", S3Operation.GetObject, new DelayFault(moment), 0.02);
        Add("list SlowDown", S3Operation.ListObjectsV2, AnswerFault.SlowDown, 0.1);
        Add("list reset", S3Operation.ListObjectsV2, new ResetFault(100), 0.1);
        Add("list cut", S3Operation.ListObjectsV2, new CutFault(500), 0.1);
    }

    private void AddLies()
    {
        Add("wrong tag", S3Operation.GetObject, new HeaderFault("ETag", "\"00000000000000000000000000000000\""), 0.02);
        Add("wrong range", S3Operation.GetObject, new HeaderFault("Content-Range", "bytes 1-2/3"), 0.02);
        Add("no range", S3Operation.GetObject, new HeaderFault("Content-Range", null), 0.02);
        Add("shorter than it says", S3Operation.GetObject, new ShortenFault(100), 0.02);
        Add("longer than the range", S3Operation.GetObject, new LengthenFault(10) { IsAnnounced = true }, 0.02);
        Add("longer than it says", S3Operation.GetObject, new LengthenFault(1000), 0.02);
        Add("an answer behind the answer", S3Operation.GetObject, new LengthenFault(200) { Text = "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Range: bytes 0-1/2\r\n\r\nno" }, 0.02);
        Add("a page of a proxy", S3Operation.GetObject, new AnswerFault(200) { Body = "<html>Sign in</html>" }, 0.02);
        Add("AccessDenied", S3Operation.GetObject, new AnswerFault(403) { Code = "AccessDenied" }, 0.02);
        Add("a list that is none", S3Operation.ListObjectsV2, new AnswerFault(200) { Body = "<html>Sign in</html>" }, 0.06);
        Add("a list without its end", S3Operation.ListObjectsV2, new ShortenFault(900), 0.06);
    }

    private static async Task TellAsync(string text)
    {
        await TestContext.Out.WriteLineAsync(text);
        if (Environment.GetEnvironmentVariable(FiguresVariable) is { Length: > 0 } file)
            await File.AppendAllTextAsync(file, text + "\n\n");
    }

    private void Add(string name, S3Operation operation, FaultEffect effect, double probability) =>
        _faults.Add((name, _store.Faults.Sometimes(operation, effect, probability, _seed + _faults.Count)));

    private static double Number(string variable, double otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
