using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Several prefixes of two stores in one mount, which come and go under readers of the others.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class DatasetTests : MountTest
{
    private const int Files = 20;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;
    private S3TestServer _other = null!;
    private TempDirectory _directory = null!;
    private string _mountpoint = "";
    private string _reference = "";
    private string _file = "";

    [SetUp]
    public async Task Start_two_stores()
    {
        _server = await S3TestServer.StartAsync();
        _other = await S3TestServer.StartAsync();
        _directory = new TempDirectory("s3mount-datasets");
        _mountpoint = _directory.CreateDirectory("mnt");
        _reference = _directory.CreateDirectory("reference");
        _file = _directory["datasets.yaml"];
        S3Bucket images = _server.CreateBucket("images"), shards = _other.CreateBucket("shards");
        for (int i = 0; i < Files; i++)
        {
            byte[] bytes = Ramp.Create(20_000 * (i + 1), i);
            images.Put($"v2/train/file{i:d2}", bytes);
            await File.WriteAllBytesAsync(Path.Combine(_reference, $"file{i:d2}"), bytes);
        }
        images.Put("v2/train/large", Ramp.Create(24_000_000, 99));
        await File.WriteAllBytesAsync(Path.Combine(_reference, "large"), Ramp.Create(24_000_000, 99));
        shards.Put("laion/0001.tar", Ramp.Create(300_000, 7));
        shards.Put("coco/list", "one\ntwo\n");
    }

    [TearDown]
    public async Task End_the_stores()
    {
        await _server.DisposeAsync();
        await _other.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task Each_is_a_directory_with_what_its_own_store_has()
    {
        Write(Laion);
        await using ServiceManager service = await StartAsync("--cache", _directory["cache"]);
        ChildResult shown = await Client.ShellAsync("cd $1 && ls && ls laion > /dev/null && cat laion/0001.tar | sha256sum && for f in imagenet/train/*; do cmp $f $2/$(basename $f) || exit 1; done && stat -c %i . imagenet laion imagenet/train laion/.. | sort -u | wc -l", _mountpoint, _reference);
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Ramp.Create(300_000, 7)));
        Assert.That(shown.Output, Is.EqualTo($"imagenet\nlaion\n{digest}  -\n4\n"), shown.Error);
        Assert.That(File.ReadLines("/proc/self/mounts").Single(line => line.Contains(_mountpoint, StringComparison.Ordinal)), Does.StartWith($@"s3mount\043datasets.yaml {_mountpoint} fuse.s3mount ro,"));
        JsonElement status = await StatusAsync();
        Assert.That(status.GetProperty("source").GetString(), Is.EqualTo(_file));
        JsonElement[] datasets = [.. status.GetProperty("datasets").EnumerateArray()];
        Assert.That(datasets.Select(dataset => (dataset.GetProperty("name").GetString(), dataset.GetProperty("source").GetString())), Is.EqualTo(new[] { ("imagenet", "s3://images/v2/"), ("laion", "s3://shards/laion/") }));
        long[] bytes = [.. datasets.Select(dataset => dataset.GetProperty("store").GetProperty("bytesRead").GetInt64())];
        Assert.That(bytes[1], Is.EqualTo(300_000));
        Assert.That(status.GetProperty("store").GetProperty("bytesRead").GetInt64(), Is.EqualTo(bytes.Sum()));
        ChildResult text = await ProgramUnderTest.RunAsync(["status", _mountpoint]);
        Assert.That(text.Output, Does.Contain("  dataset       laion: s3://shards/laion/, ").And.Contains("  dataset       imagenet: s3://images/v2/, "));
        // Paths of the other commands begin with the name.
        Assert.That((await ProgramUnderTest.RunAsync(["explain", $"{_mountpoint}/laion/0001.tar"])).Output, Does.Contain("laion/0001.tar"));
        ChildResult warm = await ProgramUnderTest.RunAsync(["warm", _mountpoint]);
        Assert.That(warm.ExitCode, Is.Zero, warm.Error);
        ChildResult check = await ProgramUnderTest.RunAsync(["warm", "--check", _mountpoint]);
        Assert.That((check.ExitCode, check.Error), Is.EqualTo((0, "")), check.Output);
        Assert.That(check.Output, Does.Contain($"{Files + 2} files"));
        _other.Bucket("shards").Put("laion/0002.tar", "new");
        Assert.That((await ProgramUnderTest.RunAsync(["refresh", $"{_mountpoint}/laion"])).Output, Does.Contain("1 new"));
        Assert.That((await Client.ShellAsync("cat $1/laion/0002.tar", _mountpoint)).Output, Is.EqualTo("new"));
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task Datasets_come_and_go_and_the_readers_of_the_others_do_not_notice()
    {
        Write(Laion);
        await using ServiceManager service = await StartAsync();
        await using SteadyReader reader = await StartReaderAsync();
        await using ChildProcess holder = await HoldAsync($"{_mountpoint}/laion/0001.tar");
        Assert.That((await Client.ShellAsync("test -e $1/coco || echo missing", _mountpoint)).Output, Is.EqualTo("missing\n"), "and the kernel remembers that");
        Write(Coco);
        ChildResult reload = await ProgramUnderTest.RunAsync(["reload", _mountpoint]);
        Assert.That((reload.ExitCode, reload.Output, reload.Error), Is.EqualTo((0, $"{_mountpoint}: added coco; removed laion; 1 unchanged\n", "")));
        Assert.That((await Client.ShellAsync("ls $1; cat $1/coco/list; ls $1/laion 2>&1 | grep -c 'No such file'", _mountpoint)).Output, Is.EqualTo("coco\nimagenet\none\ntwo\n1\n"));
        Assert.That(await ReadHeldAsync(holder), Is.EqualTo("ESTALE"));
        await reader.ReadOnAsync();
        // Another prefix under the same name.
        Write(Coco.Replace("shards/coco", "shards/laion", StringComparison.Ordinal));
        reload = await ProgramUnderTest.RunAsync(["reload"]);
        Assert.That((reload.ExitCode, reload.Output), Is.EqualTo((0, $"{_mountpoint}: changed coco; 1 unchanged\n")), reload.Error);
        Assert.That((await Client.ShellAsync("ls $1/coco", _mountpoint)).Output, Is.EqualTo("0001.tar\n"));
        // By the signal, as systemctl reload sends it.
        Write(Laion);
        ProcessSignals.Send(service.ProcessId, ProcessSignals.HangUp);
        await Eventually.IsTrueAsync(() => service.Log.Contains("datasets added: laion; removed: coco; changed: none; 1 go on", StringComparison.Ordinal), _patience, "it is read again");
        await Eventually.IsTrueAsync(() => service.Events is [.., "reloading", "ready"] || service.Events.SkipWhile(line => line != "reloading").Contains("ready"), _patience, "systemd knows");
        Assert.That((await Client.ShellAsync("ls $1", _mountpoint)).Output, Is.EqualTo("imagenet\nlaion\n"));
        await reader.ReadOnAsync();
        await reader.EndAsync();
        await service.StopAsync();
    }

    [Test]
    public async Task What_is_wrong_changes_nothing_that_is_right()
    {
        Write(Laion);
        await using ServiceManager service = await StartAsync();
        await File.WriteAllTextAsync(_file, "datasets:\n  imagenet: UPPER CASE\n  laion:\n    buckett: x\n");
        ChildResult reload = await ProgramUnderTest.RunAsync(["reload", _mountpoint]);
        Assert.That(reload.ExitCode, Is.EqualTo(1));
        Assert.That(reload.Error, Does.StartWith("s3mount: nothing has changed: ").And.Contains($"{_file}:4: unknown key 'buckett'; did you mean bucket?"));
        Assert.That((await Client.ShellAsync("ls $1", _mountpoint)).Output, Is.EqualTo("imagenet\nlaion\n"));
        // One that cannot be opened keeps no other from coming, and one that is there stays as it was.
        Write($"{Coco}  laion: no-such-bucket\n  gone: no-such-bucket/either\n", "io-deadline: 4m\n");
        reload = await ProgramUnderTest.RunAsync(["reload", _mountpoint]);
        Assert.That((reload.ExitCode, reload.Output), Is.EqualTo((1, $"{_mountpoint}: added coco; 2 unchanged\n{_mountpoint}: for the whole mount, from its next start on: io-deadline\n")));
        Assert.That(reload.Error, Does.Match("s3mount: dataset gone: .*no-such-bucket.*\ns3mount: dataset laion: .*no-such-bucket").Or.Match("s3mount: dataset laion: .*no-such-bucket.*\ns3mount: dataset gone: .*no-such-bucket"));
        Assert.That((await Client.ShellAsync("ls $1; cat $1/laion/0001.tar | wc -c", _mountpoint)).Output, Is.EqualTo("coco\nimagenet\nlaion\n300000\n"));
        Assert.That(service.Log, Does.Contain("dataset gone is not shown as the configuration says now"));
        await service.StopAsync();
        // At the start all must be there.
        ChildResult start = await ProgramUnderTest.RunAsync(["--config", _file], StoreAddress.Of(_server));
        Assert.That(start.ExitCode, Is.EqualTo(1), start.Error);
        Assert.That(start.Error, Does.Contain("dataset laion: ").And.Contains("no-such-bucket").And.Contains("dataset gone: "));
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task A_restart_reaches_no_reader_of_a_dataset_that_stays()
    {
        Write(Laion);
        await using ServiceManager service = await StartAsync();
        await using SteadyReader reader = await StartReaderAsync();
        await using ChildProcess holder = await HoldAsync($"{_mountpoint}/laion/0001.tar");
        await service.RestartAsync();
        await reader.ReadOnAsync();
        Write(Coco);
        await service.RestartAsync();
        await reader.ReadOnAsync();
        Assert.That((await Client.ShellAsync("ls $1; cat $1/coco/list", _mountpoint)).Output, Is.EqualTo("coco\nimagenet\none\ntwo\n"));
        Assert.That(await ReadHeldAsync(holder), Is.EqualTo("ESTALE"));
        await reader.EndAsync();
        Assert.That((service.Starts, service.Log.Split("goes on at").Length), Is.EqualTo((3, 3)));
        Assert.That(service.Log, Does.Not.Contain(" ERROR ").And.Not.Contain("cannot be used"));
        await service.StopAsync();
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task A_mount_of_one_prefix_has_nothing_to_read_again()
    {
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = "images" });
        ChildResult reload = await ProgramUnderTest.RunAsync(["reload", mount.Path]);
        Assert.That((reload.ExitCode, reload.Output), Is.EqualTo((1, "")));
        Assert.That(reload.Error, Does.Contain("this mount shows one prefix"));
        Assert.That((await ProgramUnderTest.RunAsync(["reload"])).Error, Does.Contain("there is no mount with datasets"));
    }

    private string Laion => $"  laion:\n    bucket: shards/laion\n    endpoint-url: {_other.Url}\n";

    private string Coco => $"  coco:\n    bucket: shards/coco\n    endpoint-url: {_other.Url}\n";

    private void Write(string others, string more = "") =>
        File.WriteAllText(_file, $"mountpoint: {_mountpoint}\nendpoint-url: {_server.Url}\nmetadata-ttl: 1h\nnegative-metadata-ttl: 1h\n{more}datasets:\n  imagenet: images/v2\n{others}");

    private Task<ServiceManager> StartAsync(params string[] arguments) =>
        ServiceManager.StartAsync(_directory, _mountpoint, StoreAddress.Of(_server), TimeSpan.FromSeconds(20), ["-f", "--config", _file, "--memory", "32MiB", .. arguments]);

    private async Task<JsonElement> StatusAsync()
    {
        using var status = JsonDocument.Parse((await ProgramUnderTest.RunAsync(["status", _mountpoint, "--json"])).EnsureSuccess().Output);
        return status.RootElement[0].GetProperty("status").Clone();
    }

    private Task<SteadyReader> StartReaderAsync() => SteadyReader.StartAsync($"{_mountpoint}/imagenet/train", _reference, SteadyReader.Steady, _server);

    // Opens a file, and reads it once a line comes.
    private static async Task<ChildProcess> HoldAsync(string path)
    {
        ChildProcess holder = await Client.StartPythonAsync("read_later.py", path);
        await holder.WaitForOutputAsync("open", _patience);
        return holder;
    }

    private static async Task<string> ReadHeldAsync(ChildProcess holder)
    {
        holder.CloseInput();
        return (await holder.WaitAsync(_patience)).EnsureSuccess().OutputLines[^1];
    }
}
