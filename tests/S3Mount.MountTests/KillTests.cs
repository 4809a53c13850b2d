using System.Globalization;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>A daemon that is killed at any moment: the next mount works, in the same place, and no byte is wrong.</summary>
[Category("mount")]
// 200 kills, ten times as long as each is thought to take.
[CancelAfter(7_200_000)]
public sealed class KillTests : MountTest
{
    private const string TimesVariable = "S3MOUNT_KILLS";
    private const string SeedVariable = "S3MOUNT_KILL_SEED";
    private const int Files = 24;
    private const int Readers = 4;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;
    private Random _random = null!;
    private string _reference = null!;
    private string _cache = null!;
    private string _mountpoint = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket("dataset");
        _reference = NewDirectory().Path;
        _cache = Path.Combine(NewDirectory().Path, "cache");
        _mountpoint = NewDirectory().CreateDirectory("mnt");
    }

    [TearDown]
    public async Task End_the_store()
    {
        // Of a test that has failed between two mounts.
        for (int i = 0; i < 3 && MountedPaths.Contains(_mountpoint); i++)
            await ChildProcess.RunAsync("umount", ["-l", _mountpoint]);
        await _server.DisposeAsync();
    }

    [Test]
    public async Task After_each_kill_the_next_mount_works_and_no_byte_is_wrong()
    {
        int times = Number(TimesVariable, 20);
        int seed = Number(SeedVariable, 20_262);
        await TestContext.Out.WriteLineAsync($"{SeedVariable}={seed}");
        _random = new Random(seed);
        for (int i = 0; i < Files; i++)
            Put(i, 0);
        int damaged = 0;
        for (int time = 1; time <= times; time++)
        {
            await KillUnderLoadAsync(time);
            // Whoever overwrites does it while nobody looks.
            for (int i = 0; i < 3; i++)
                Put(_random.Next(Files), time);
            ChildResult verified = await ProgramUnderTest.RunAsync(["cache", "verify", _cache]);
            Assert.That(verified.ExitCode, Is.Zero, $"after kill {time}: {verified.Output}{verified.Error}");
            damaged += verified.Output.Contains(" 0 records were damaged", StringComparison.Ordinal) ? 0 : 1;
        }
        Assert.That(damaged, Is.Zero);

        // Hundreds of overwritten versions have filled it, and mounts that live for a second have not seen that nobody reads them any more.
        MountedBucket mount = await MountAsync(size: "2GiB");
        string expected = (await Client.ShellAsync("cd \"$1\" && sha256sum *", _reference)).Output;
        Assert.That((await Client.ShellAsync("cd \"$1\" && sha256sum *", mount.Path)).Output, Is.EqualTo(expected));
        _server.ResetStatistics();
        await mount.EndAsync();
        mount = await MountAsync(size: "2GiB");
        Assert.That((await Client.ShellAsync("cd \"$1\" && sha256sum *", mount.Path)).Output, Is.EqualTo(expected));
        Assert.That(_server.Requests.Count(S3Operation.GetObject), Is.Zero, "the cache still keeps what it is given");
        await mount.EndAsync();
    }

    private async Task KillUnderLoadAsync(int time)
    {
        MountedBucket mount = await MountAsync();
        // First all of one file: it must be right at once, whatever the one before has left.
        string name = NameOf(_random.Next(Files));
        await Client.ShellAsync("cmp \"$1\" \"$2\"", mount[name], Path.Combine(_reference, name));
        string[] pairs = [.. Enumerable.Range(0, Files).OrderBy(_ => _random.Next()).SelectMany(i => (string[])[mount[NameOf(i)], Path.Combine(_reference, NameOf(i))])];
        string[] arguments = [Readers.ToString(CultureInfo.InvariantCulture), time.ToString(CultureInfo.InvariantCulture), .. pairs];
        await using ChildProcess readers = await Client.StartPythonAsync("readers.py", arguments);
        // The moment is drawn and nothing is waited for: from before the readers begin to after most of them have ended.
        await Task.Delay(_random.Next(700), TestContext.CurrentContext.CancellationToken);
        int daemon = mount.DaemonId;
        ProcessSignals.Send(daemon, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(mount.Path).Count == 0, _patience, "the daemon is gone");
        ChildResult ended = await readers.WaitAsync(_patience);
        Assert.That(ended.Error, Does.Not.Contain("wrong bytes"));
        Assert.That(MountedPaths.Contains(_mountpoint), Is.True, "the kernel keeps the dead mount");
        mount.LeaveDead();
    }

    private Task<MountedBucket> MountAsync(string size = "256MiB") => MountAsync(new MountSetup
    {
        Store = StoreAddress.Of(_server),
        Target = "dataset",
        Mountpoint = _mountpoint,
        Arguments = ["--cache", _cache, "--max-cache-size", size, "--metadata-ttl", "1s"],
    });

    // Lengths change too.
    private void Put(int i, int version)
    {
        byte[] bytes = Ramp.Create((i < 20 ? 50_000 * (i + 1) : 6 << 20) + (version * 100), (version * 100) + i);
        _bucket.Put(NameOf(i), bytes);
        File.WriteAllBytes(Path.Combine(_reference, NameOf(i)), bytes);
    }

    private static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"file{i:d2}");

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
