using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests;

/// <summary>A service that is restarted, upgraded or killed under its readers, while systemd keeps the mount.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class HandoverTests : MountTest
{
    private const int Files = 30;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _watchdog = TimeSpan.FromSeconds(20);

    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;
    private string _reference = "";
    private string _mountpoint = "";

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket("dataset");
        _reference = NewDirectory().Path;
        _mountpoint = NewDirectory().CreateDirectory("mnt");
        for (int i = 0; i <= Files; i++)
        {
            byte[] bytes = Ramp.Create(i < Files ? 20_000 * (i + 1) : 24_000_000, i);
            _bucket.Put($"train/file{i:d2}", bytes);
            await File.WriteAllBytesAsync(Path.Combine(_reference, $"file{i:d2}"), bytes);
        }
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task A_restart_reaches_no_reader()
    {
        await using ServiceManager service = await StartAsync();
        string mount = MountLine();
        await using SteadyReader reader = await StartReaderAsync(SteadyReader.Steady);
        for (int restart = 0; restart < 4; restart++)
        {
            await reader.ReadOnAsync();
            int before = service.ProcessId;
            await service.RestartAsync();
            Assert.That((service.ProcessId == before, service.Starts, MountLine()), Is.EqualTo((false, restart + 2, mount)), "another process, the same mount");
        }
        await reader.ReadOnAsync();
        await reader.EndAsync();
        Assert.That(service.Log, Does.Contain("goes on at").And.Not.Contain(" ERROR "));
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task A_read_that_waits_for_the_store_goes_on_in_the_next_process()
    {
        await using ServiceManager service = await StartAsync();
        await Client.ShellAsync("stat \"$1\" > /dev/null", $"{_mountpoint}/train/file07");
        using var gate = new Gate();
        using var held = new HeldStore(_server, S3Operation.GetObject, gate);
        await using ChildProcess reader = await Client.StartAsync("/bin/bash", "-c", "cmp \"$1\" \"$2\"", "bash", $"{_mountpoint}/train/file07", Path.Combine(_reference, "file07"));
        await Eventually.IsTrueAsync(() => gate.Waiting > 0, _patience, "it waits");
        int arrivals = gate.Arrivals;
        await service.RestartAsync();
        await Eventually.IsTrueAsync(() => gate.Arrivals > arrivals, _patience, "the next process asks for the same");
        Assert.That(reader.HasExited, Is.False, reader.Error);
        held.Dispose();
        (await reader.WaitAsync(_patience)).EnsureSuccess();
        await service.StopAsync();
    }

    [Test]
    public async Task A_restart_during_a_restart_reaches_no_reader_either()
    {
        await using ServiceManager service = await StartAsync();
        string mount = MountLine();
        await using SteadyReader reader = await StartReaderAsync(SteadyReader.Steady);
        await reader.ReadOnAsync();
        using var gate = new Gate();
        using var held = new HeldStore(_server, S3Operation.ListObjectsV2, gate);
        Task first = service.RestartAsync();
        // What waits before the gate may be of the process before.
        await Eventually.IsTrueAsync(() => service.Log.Split(": mounting s3://").Length == 3, _patience, "the next process begins; it comes no further than to the store");
        Task second = service.RestartAsync();
        await Eventually.IsTrueAsync(() => service.Starts == 3, _patience, "it is followed by another");
        held.Dispose();
        await Task.WhenAll(first, second);
        Assert.That(MountLine(), Is.EqualTo(mount));
        Assert.That(service.Log, Does.Contain($"stopped before {_mountpoint} answered again; it is left").And.Not.Contain("nothing is mounted"));
        await reader.ReadOnAsync();
        await reader.EndAsync();
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task After_a_crash_the_mount_is_the_same_and_files_can_be_opened()
    {
        await using ServiceManager service = await StartAsync();
        string mount = MountLine();
        await using SteadyReader reader = await StartReaderAsync(SteadyReader.Reopen);
        for (int kill = 0; kill < 4; kill++)
        {
            await reader.ReadOnAsync();
            await service.KillAsync();
            Assert.That(MountLine(), Is.EqualTo(mount));
            // What came before and what comes after are not mixed up: names that were not there before.
            _bucket.Put($"new{kill}/file", Ramp.Create(1000 + kill, kill));
            Assert.That((await Client.ShellAsync("cat \"$1\" | wc -c", $"{_mountpoint}/new{kill}/file")).Output.Trim(), Is.EqualTo($"{1000 + kill}"));
        }
        await reader.ReadOnAsync();
        JsonElement read = await reader.EndAsync();
        Assert.That(read.GetProperty("reopened").GetInt32(), Is.Positive, "a file that was open is stale");
        // A crash after a restart, and a restart after a crash.
        await service.RestartAsync();
        await service.KillAsync();
        Assert.That((await Client.ShellAsync("ls \"$1\" | wc -l", $"{_mountpoint}/train")).Output.Trim(), Is.EqualTo($"{Files + 1}"));
        Assert.That(MountLine(), Is.EqualTo(mount));
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task After_a_crash_a_file_that_was_open_in_the_root_is_never_another()
    {
        for (int i = 0; i < 4; i++)
            _bucket.Put($"root{i}", Ramp.Create(2_000_000, 100 + i));
        await using ServiceManager service = await StartAsync();
        string[] arguments = [_mountpoint, "root0", "root1", "root2", "root3"];
        await using ChildProcess reader = await Client.StartPythonAsync("held_after_crash.py", arguments);
        await reader.WaitForOutputAsync("held", _patience);
        for (int kill = 1; kill <= 3; kill++)
        {
            await service.KillAsync();
            // The next process sees names in the root for the first time, another one first at each time: their ids are its first.
            await Client.ShellAsync("cat \"$1\" > /dev/null", $"{_mountpoint}/root{kill}");
        }
        await reader.SendLineAsync("go on");
        ChildResult result = (await reader.WaitAsync(_patience)).EnsureSuccess();
        Assert.That(result.OutputLines[^1], Is.EqualTo("ESTALE ESTALE ESTALE ESTALE"));
        await service.StopAsync();
    }

    [Test]
    public async Task With_other_settings_the_mount_begins_anew()
    {
        await using ServiceManager service = await StartAsync();
        string mount = MountLine();
        await service.ChangeArgumentsAsync(Arguments("dataset/train"));
        await service.RestartAsync();
        Assert.That(MountLine(), Is.Not.EqualTo(mount));
        Assert.That(MountedPaths.Count(_mountpoint), Is.EqualTo(1));
        Assert.That((await Client.ShellAsync("cmp \"$1\" \"$2\"", $"{_mountpoint}/file01", Path.Combine(_reference, "file01"))).Error, Is.Empty);
        Assert.That(service.Log, Does.Contain("the settings have changed").And.Not.Contain("cannot be used"));
        Assert.That(service.Starts, Is.EqualTo(2), "at the first attempt");
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [TestCase("--file-mode", "0440")]
    [TestCase("--uid", "65534")]
    public async Task What_the_kernel_remembers_of_files_is_not_kept_beyond_other_permissions(string option, string value)
    {
        await using ServiceManager service = await StartAsync();
        string show = $"stat -c {(option == "--uid" ? "%u" : "0%a")} \"$1\"", path = $"{_mountpoint}/train/file01";
        Assert.That((await Client.ShellAsync(show, path)).Output.Trim(), Is.Not.EqualTo(value));
        await service.ChangeArgumentsAsync([.. Arguments("dataset"), option, value]);
        await service.RestartAsync();
        Assert.That((await Client.ShellAsync(show, path)).Output.Trim(), Is.EqualTo(value));
        await service.StopAsync();
    }

    [Test]
    public async Task Of_a_shorter_time_to_live_nothing_holds_longer()
    {
        await using ServiceManager service = await StartAsync();
        string path = $"{_mountpoint}/train/file01";
        Assert.That((await Client.ShellAsync("stat -c %s \"$1\"", path)).Output.Trim(), Is.EqualTo("40000"));
        await service.ChangeArgumentsAsync([.. Arguments("dataset"), "--metadata-ttl", "0"]);
        await service.RestartAsync();
        _bucket.Put("train/file01", Ramp.Create(41_000, 1));
        Assert.That((await Client.ShellAsync("stat -c %s \"$1\"", path)).Output.Trim(), Is.EqualTo("41000"));
        await service.StopAsync();
    }

    [Test]
    public async Task A_mount_of_another_store_begins_anew_whoever_names_it()
    {
        await using S3TestServer other = await S3TestServer.StartAsync();
        other.CreateBucket("dataset").Put("train/file01", Ramp.Create(41_000, 1));
        string profile = NewDirectory()["config"];
        await File.WriteAllTextAsync(profile, $"[default]\nendpoint_url = {_server.Url}\n");
        string[] arguments = ["-f", "dataset", _mountpoint, "--metadata-ttl", "1h", "--memory", "32MiB"];
        await using ServiceManager service = await ServiceManager.StartAsync(NewDirectory(), _mountpoint, StoreAddress.Of(_server) with { ConfigFile = profile }, _watchdog, arguments);
        string path = $"{_mountpoint}/train/file01";
        Assert.That((await Client.ShellAsync("stat -c %s \"$1\"", path)).Output.Trim(), Is.EqualTo("40000"));
        await File.WriteAllTextAsync(profile, $"[default]\nendpoint_url = {other.Url}\n");
        await service.RestartAsync();
        Assert.That((await Client.ShellAsync("stat -c %s \"$1\"", path)).Output.Trim(), Is.EqualTo("41000"));
        Assert.That((service.Starts, MountedPaths.Count(_mountpoint)), Is.EqualTo((2, 1)), "at the first attempt");
        string mount = MountLine();
        await service.RestartAsync();
        Assert.That(MountLine(), Is.EqualTo(mount), "with the same one it goes on");
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task Of_another_snapshot_in_the_place_of_the_first_nothing_is_mixed_with_it()
    {
        string snapshot = NewDirectory()["dataset.snap"];
        await CreateSnapshotAsync(snapshot);
        string[] arguments = ["-f", "dataset", _mountpoint, "--endpoint-url", _server.Url, "--memory", "32MiB", "--snapshot", snapshot];
        await using ServiceManager service = await ServiceManager.StartAsync(NewDirectory(), _mountpoint, StoreAddress.Of(_server), _watchdog, arguments);
        string path = $"{_mountpoint}/train/file01";
        Assert.That((await Client.ShellAsync("stat -c %s \"$1\"", path)).Output.Trim(), Is.EqualTo("40000"));
        string mount = MountLine();
        await service.RestartAsync();
        Assert.That(MountLine(), Is.EqualTo(mount), "with the same one it goes on");
        _bucket.Put("train/file01", Ramp.Create(41_000, 1));
        await CreateSnapshotAsync(snapshot + ".next");
        File.Move(snapshot + ".next", snapshot, overwrite: true);
        await service.RestartAsync();
        Assert.That((await Client.ShellAsync("stat -c %s \"$1\"", path)).Output.Trim(), Is.EqualTo("41000"));
        await service.StopAsync();

        async Task CreateSnapshotAsync(string file) =>
            (await ProgramUnderTest.RunAsync(["snapshot", "create", "dataset", file, "--endpoint-url", _server.Url], StoreAddress.Of(_server))).EnsureSuccess();
    }

    [Test]
    public async Task A_mount_that_was_unmounted_meanwhile_begins_anew()
    {
        await using ServiceManager service = await StartAsync();
        await service.RunBeforeNextAsync($"umount -l '{_mountpoint}'");
        await service.RestartAsync();
        Assert.That((await Client.ShellAsync("cmp \"$1\" \"$2\"", $"{_mountpoint}/train/file01", Path.Combine(_reference, "file01"))).Error, Is.Empty);
        Assert.That(service.Log, Does.Contain("it was unmounted meanwhile"));
        Assert.That(service.Starts, Is.EqualTo(2), "at the first attempt");
        Assert.That(MountedPaths.Count(_mountpoint), Is.EqualTo(1));
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task After_a_crash_the_mount_says_that_something_is_wrong_until_the_store_answers()
    {
        await using ServiceManager service = await StartAsync();
        string path = $"{_mountpoint}/train/file01";
        ActiveFault refusal = _server.Faults.Always(S3Operation.ListObjectsV2, new AnswerFault(403) { Code = "AccessDenied" });
        ProcessSignals.Send(service.ProcessId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => service.Events.Count(line => line == "exited 1") >= 2, _patience, "it is started in vain");
        ChildResult read = await Client.TryShellAsync("cat \"$1\"", path);
        Assert.That((read.ExitCode, read.Error), Is.EqualTo((1, $"cat: {path}: Transport endpoint is not connected\n")), "an empty directory would say that there is no data");
        _server.Faults.Remove(refusal);
        await service.IsReadyAsync(2);
        Assert.That((await Client.ShellAsync("cmp \"$1\" \"$2\"", path, Path.Combine(_reference, "file01"))).Error, Is.Empty);
        Assert.That(MountedPaths.Count(_mountpoint), Is.EqualTo(1));
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task What_a_process_cannot_go_on_with_it_does_not_keep_either()
    {
        await using ServiceManager service = await StartAsync();
        string path = $"{_mountpoint}/train/file01", reference = Path.Combine(_reference, "file01");
        await using SteadyReader reader = await StartReaderAsync(SteadyReader.Steady);
        await reader.ReadOnAsync();
        await service.LeaveUnnamedAsync();
        await service.RestartAsync();
        Assert.That((await Client.ShellAsync("cmp \"$1\" \"$2\"", path, reference)).Error, Is.Empty);
        Assert.That((await reader.FailedAsync()).Error, Does.Contain("OSError").Or.Contain("Error: [Errno "), "it does not wait for ever");
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task Where_systemd_does_not_say_that_it_restarts_the_mount_ends()
    {
        await using ServiceManager service = await StartAsync();
        await service.HideAsync();
        await service.RestartAsync();
        Assert.That(service.Log, Does.Contain("stopping: unmounting").And.Not.Contain("goes on at"));
        Assert.That((await Client.ShellAsync("cmp \"$1\" \"$2\"", $"{_mountpoint}/train/file01", Path.Combine(_reference, "file01"))).Error, Is.Empty);
        await service.StopAsync();
    }

    [Test]
    public async Task The_service_shows_that_it_lives_and_what_it_is_at()
    {
        await using ServiceManager service = await StartAsync(TimeSpan.FromSeconds(1));
        await Eventually.IsTrueAsync(() => service.Events.Count(line => line == "watchdog") >= 3, _patience, "signs of life");
        await Client.ShellAsync("cat \"$1\" > /dev/null", $"{_mountpoint}/train/file05");
        await Eventually.IsTrueAsync(
            () => service.Events.Any(line => line.StartsWith($"status s3://dataset/ is mounted at {_mountpoint}: ", StringComparison.Ordinal) && line.Contains(" requests/s, ", StringComparison.Ordinal)),
            _patience, "a line that lives");
        Assert.That(service.Events, Does.Contain("stored s3mount-fuse").And.Contain("stored s3mount-state"));
        await service.StopAsync();
        Assert.That(service.Events, Does.Contain("stopping"));
    }

    private string[] Arguments(string target) =>
        ["-f", target, _mountpoint, "--endpoint-url", _server.Url, "--metadata-ttl", "1h", "--negative-metadata-ttl", "0", "--memory", "32MiB"];

    private Task<ServiceManager> StartAsync(TimeSpan? watchdog = null) =>
        ServiceManager.StartAsync(NewDirectory(), _mountpoint, StoreAddress.Of(_server), watchdog ?? _watchdog, Arguments("dataset"));

    private Task<SteadyReader> StartReaderAsync(string mode) => SteadyReader.StartAsync($"{_mountpoint}/train", _reference, mode, _server);

    // With the number of the mount and that of its file system.
    private string MountLine() => File.ReadLines("/proc/self/mountinfo").Last(line => line.Split(' ')[4] == _mountpoint);
}
