using System.Security.Cryptography;
using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary><c>s3mount_hints.py</c>: the kernel is told of the order of an epoch, and asks for files before a worker opens them.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class HintsTests : MountTest
{
    private const string Workers = "4";
    private const int WorkerCount = 4;

    // More than the workers have been given (two batches of 4 each) and less than the connections that there are by default.
    private const int AtOnce = 48;

    // The client imports torch.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private DatasetFile[] _files = null!;
    private S3TestServer _server = null!;

    [OneTimeSetUp]
    public void Make_the_images() => _files = new ImageFolderDataset(classes: 10, images: 200, medianSide: 48).ToArray();

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket("hinted");
        foreach (DatasetFile file in _files)
            bucket.Put(file.Name, file.Bytes);
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task The_module_keeps_its_contract()
    {
        await using ChildProcess client = await Client.StartPythonAsync("test_hints.py");
        // It starts DataLoaders with workers, again and again.
        ChildResult result = (await client.WaitAsync(2 * _patience, TestContext.CurrentContext.CancellationToken)).EnsureSuccess();
        Assert.That(result.Error, Does.Match(@"Ran [1-9]\d+ tests in [^\n]*\n\nOK\n$"), "torch is installed, and nothing is left out");
    }

    [Test]
    public async Task Files_are_asked_for_before_a_worker_opens_them_and_each_once()
    {
        MountedBucket mount = await MountAsync();
        await using ChildProcess client = await Client.StartPythonAsync("hints.py", mount.Path, Workers, "100");
        await client.WaitForOutputAsync("listed\n", _patience);
        using (var gate = new Gate())
        using (new HeldStore(_server, S3Operation.GetObject, gate))
        {
            await client.SendLineAsync("");
            // No worker gets a byte: whatever is asked for beyond one file of each was hinted.
            await Eventually.IsTrueAsync(() => client.HasExited || gate.Waiting >= AtOnce, _patience, "GETs of many files wait at the store");
            Assert.That(gate.Waiting, Is.GreaterThanOrEqualTo(AtOnce), client.Error);
        }
        await FinishAsync(client);
    }

    [Test]
    public async Task Hints_when_indices_are_handed_out_are_ahead_of_the_workers_too()
    {
        MountedBucket mount = await MountAsync();
        await using ChildProcess client = await Client.StartPythonAsync("hints.py", mount.Path, Workers, "0");
        await client.WaitForOutputAsync("listed\n", _patience);
        using (var gate = new Gate())
        using (new HeldStore(_server, S3Operation.GetObject, gate))
        {
            await client.SendLineAsync("");
            // Two batches of 4 for each worker.
            await Eventually.IsTrueAsync(() => client.HasExited || gate.Waiting == 8 * WorkerCount, _patience, "what DataLoader has taken is asked for");
            Assert.That(gate.Waiting, Is.EqualTo(8 * WorkerCount), client.Error);
        }
        await FinishAsync(client);
    }

    [Test]
    public async Task Without_hints_each_worker_waits_for_one_file_at_a_time()
    {
        MountedBucket mount = await MountAsync();
        await using ChildProcess client = await Client.StartPythonAsync("hints.py", mount.Path, Workers, "-");
        await client.WaitForOutputAsync("listed\n", _patience);
        _server.Speed = new S3ServerSpeed(TimeSpan.FromMilliseconds(5), TimeSpan.Zero, 0);
        _server.ResetStatistics();
        await client.SendLineAsync("");
        await FinishAsync(client);
        Assert.That(_server.Statistics.MostAtOnce, Is.LessThanOrEqualTo(WorkerCount));
    }

    [Test]
    public async Task A_shuffled_epoch_over_a_distant_store_with_hints_reads_what_was_uploaded()
    {
        _server.Speed = S3ServerSpeed.Remote;
        MountedBucket mount = await MountAsync();
        await using ChildProcess client = await Client.StartPythonAsync("hints.py", mount.Path, Workers, "1024");
        await client.WaitForOutputAsync("listed\n", _patience);
        _server.ResetStatistics();
        await client.SendLineAsync("");
        await FinishAsync(client);
        Assert.That(_server.Statistics.MostAtOnce, Is.GreaterThan(2 * WorkerCount));
    }

    private Task<MountedBucket> MountAsync() =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = "hinted", Arguments = ["--metadata-ttl", "1h"] });

    // Every byte is what was uploaded, and every object was fetched once.
    private async Task FinishAsync(ChildProcess client)
    {
        ChildResult result = (await client.WaitAsync(_patience, TestContext.CurrentContext.CancellationToken)).EnsureSuccess();
        var read = JsonSerializer.Deserialize<Dictionary<string, string>>(result.OutputLines[^1])!;
        Assert.That(read, Is.EquivalentTo(_files.ToDictionary(file => file.Name, file => Convert.ToHexStringLower(SHA256.HashData(file.Bytes)))));
        string?[] fetched = [.. _server.Requests.Entries.Where(entry => entry.Operation == S3Operation.GetObject).Select(entry => entry.Key?.ToString())];
        Assert.That(fetched, Is.EquivalentTo(_files.Select(file => file.Name)), "each object is fetched once");
    }
}
