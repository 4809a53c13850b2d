using System.Globalization;
using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>A service that is killed under a trainer, and started again as the systemd unit says.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class RestartTests : MountTest
{
    private const int Kills = 3;
    private const int Trainers = 2;
    private const int Files = 40;

    // Of the unit: 5 s.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    // What README promises of SIGTERM.
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(10);

    [Test]
    public async Task A_trainer_that_opens_its_files_again_goes_on_after_each_restart()
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        TempDirectory reference = NewDirectory();
        S3Bucket bucket = server.CreateBucket("dataset");
        for (int i = 0; i < Files; i++)
        {
            byte[] bytes = Ramp.Create(30_000 * (i + 1), i);
            bucket.Put(NameOf(i), bytes);
            await File.WriteAllBytesAsync(reference[NameOf(i)], bytes);
        }
        string mountpoint = NewDirectory().CreateDirectory("mnt");
        try
        {
            string config = NewDirectory().Write("dataset.yaml", $"bucket: dataset\nmountpoint: {mountpoint}\nendpoint-url: {server.Url}\nmetadata-ttl: 1h\n");
            await using Supervisor supervisor = Supervisor.Start(Unit(), config, StoreAddress.Of(server), _pause);
            await IsReadAsync(mountpoint);
            await using ChildProcess trainer = await Client.StartPythonAsync("trainer.py", mountpoint, reference.Path, $"{Trainers}");
            for (int kill = 1; kill <= Kills; kill++)
            {
                await ReadOnAsync(server, trainer);
                ProcessSignals.Send(supervisor.ProcessId, ProcessSignals.Kill);
                await Eventually.IsTrueAsync(() => supervisor.Starts == kill + 1, _patience, $"it was started again after kill {kill}");
            }
            await ReadOnAsync(server, trainer);
            trainer.CloseInput();
            ChildResult result = (await trainer.WaitAsync(_patience)).EnsureSuccess();
            await CheckAsync(result.OutputLines);

            ProcessSignals.Send(supervisor.ProcessId, ProcessSignals.Terminate);
            await supervisor.WaitAsync(_endDeadline);
            Assert.That((supervisor.LastExitCode, supervisor.Starts), Is.EqualTo(((int?)0, Kills + 1)), "what ends well is not started again");
            Assert.That(MountedPaths.Contains(mountpoint), Is.False);
        }
        finally
        {
            // Of a test that has failed.
            for (int i = 0; i < Kills + 1 && MountedPaths.Contains(mountpoint); i++)
                await ChildProcess.RunAsync("umount", ["-l", mountpoint]);
        }
    }

    private static async Task CheckAsync(IReadOnlyList<string> lines)
    {
        Assert.That(lines, Has.Count.EqualTo(Trainers));
        foreach (string line in lines)
        {
            await TestContext.Out.WriteLineAsync(line);
            using var document = JsonDocument.Parse(line);
            Assert.That(document.RootElement.GetProperty("wrong").GetArrayLength(), Is.Zero, line);
            Assert.That(document.RootElement.GetProperty("files").GetInt32(), Is.GreaterThanOrEqualTo(Files), line);
            Assert.That(document.RootElement.GetProperty("outages").GetArrayLength(), Is.GreaterThanOrEqualTo(Kills), "each kill was noticed: " + line);
        }
    }

    // Some more files of each: it reads from the mount that is there now.
    private static async Task ReadOnAsync(S3TestServer server, ChildProcess trainer)
    {
        long before = server.Requests.Count(S3Operation.GetObject);
        await Eventually.IsTrueAsync(() => server.Requests.Count(S3Operation.GetObject) > before + Files || trainer.HasExited, _patience, "the trainer reads");
        Assert.That(trainer.HasExited, Is.False, trainer.Error);
    }

    private static Task IsReadAsync(string mountpoint) =>
        Eventually.IsTrueAsync(async () => (await Client.TryShellAsync("cat \"$1\" > /dev/null", $"{mountpoint}/{NameOf(0)}")).ExitCode == 0, _patience, "it is mounted");

    private static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"file{i:d2}");

    private static string Unit()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Join(root.FullName, "s3mount.sln")))
            root = root.Parent;
        return Path.Join(root!.FullName, "systemd/s3mount@.service");
    }
}
