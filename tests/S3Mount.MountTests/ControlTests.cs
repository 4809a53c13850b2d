using System.Globalization;
using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>What a running mount can be asked: <c>s3mount status</c> and <c>s3mount refresh</c>, and who may ask.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class ControlTests : MountTest
{
    private const string Bucket = "asked";
    private const string Stranger = "12345";

    // A daemon has 2 s for its answer, which is plenty except where others have the processors.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket(Bucket);
        _bucket.Put("dir/old", "old");
        _bucket.Put("dir/other", "other");
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task Status_tells_of_a_mount_by_any_path_in_it()
    {
        MountedBucket mount = await MountAsync();
        await Client.ShellAsync("cat $1/dir/old", mount.Path);
        JsonElement status = await StatusOfAsync(mount["dir/anything"]);
        Assert.That((status.GetProperty("pid").GetInt32(), status.GetProperty("source").GetString(), status.GetProperty("mountpoint").GetString()), Is.EqualTo((mount.DaemonId, $"s3://{Bucket}/", mount.Path)));
        Assert.That((status.GetProperty("store").GetProperty("gets").GetInt64(), status.GetProperty("store").GetProperty("bytesRead").GetInt64()), Is.EqualTo((1, 3)));
        Assert.That(status.GetProperty("kernel").GetProperty("operations").GetProperty("READ").GetInt64(), Is.EqualTo(1));
        ChildResult text = await ProgramUnderTest.RunAsync(["status"]);
        Assert.That(text.Output, Does.Contain($"s3://{Bucket}/ at {mount.Path}\n"));
    }

    [Test]
    public async Task Two_mounts_are_told_apart_and_an_ended_one_leaves_nothing()
    {
        MountedBucket one = await MountAsync();
        MountedBucket two = await MountAsync();
        int oneId = (await StatusOfAsync(one.Path)).GetProperty("pid").GetInt32();
        int twoId = (await StatusOfAsync(two.Path)).GetProperty("pid").GetInt32();
        Assert.That((oneId, twoId), Is.EqualTo((one.DaemonId, two.DaemonId)));
        string socket = SocketOf(two);
        Assert.That(File.Exists(socket), Is.True);
        await two.EndAsync();
        Assert.That(File.Exists(socket), Is.False);
        Assert.That((await StatusOfAsync(one.Path)).GetProperty("pid").GetInt32(), Is.EqualTo(oneId));
    }

    [Test]
    public async Task Refresh_shows_at_once_what_was_overwritten_added_and_deleted()
    {
        MountedBucket mount = await MountAsync("--metadata-ttl", "1h", "--negative-metadata-ttl", "1h");
        await Client.TryShellAsync("ls $1/dir; cat $1/dir/old $1/dir/other $1/dir/new", mount.Path);
        _bucket.Put("dir/old", "overwritten");
        _bucket.Put("dir/new", "added");
        _bucket.Delete("dir/other");
        ChildResult before = await Client.TryShellAsync("ls $1/dir; cat $1/dir/old; cat $1/dir/new", mount.Path);
        Assert.That((before.Output, before.Error), Is.EqualTo(("old\nother\nold", $"cat: {mount["dir/new"]}: No such file or directory\n")));

        ChildResult refresh = await ProgramUnderTest.RunAsync(["refresh", mount["dir"]]);
        Assert.That((refresh.ExitCode, refresh.Output, refresh.Error), Is.EqualTo((0, "1 directory listed, 2 entries: 1 new, 1 changed, 1 gone\n", "")));
        ChildResult after = await Client.TryShellAsync("ls $1/dir; cat $1/dir/old; cat $1/dir/new; cat $1/dir/other", mount.Path);
        Assert.That((after.Output, after.Error), Is.EqualTo(("new\nold\noverwrittenadded", $"cat: {mount["dir/other"]}: No such file or directory\n")));
    }

    [Test]
    public async Task Refresh_reaches_a_mount_by_links_and_by_bind_mounts_and_all_below()
    {
        MountedBucket mount = await MountAsync("--metadata-ttl", "1h");
        using TempDirectory directory = NewDirectory();
        File.CreateSymbolicLink(directory["link"], mount.Path);
        await Client.ShellAsync("find $1", mount.Path);
        _bucket.Put("dir/new", "added");
        ChildResult refresh = await ProgramUnderTest.RunAsync(["refresh", "--recursive", directory["link/dir/.."]]);
        Assert.That((refresh.ExitCode, refresh.Output), Is.EqualTo((0, "2 directories listed, 4 entries: 1 new, 0 changed, 0 gone\n")), refresh.Error);

        _bucket.Put("dir/old", "overwritten");
        string bound = directory.CreateDirectory("bound");
        await Client.ShellAsync("mount --bind $1/dir $2", mount.Path, bound);
        try
        {
            ChildResult file = await ProgramUnderTest.RunAsync(["refresh", bound + "/old"]);
            Assert.That((file.ExitCode, file.Output), Is.EqualTo((0, "1 directory listed, 3 entries: 0 new, 1 changed, 0 gone\n")), file.Error);
        }
        finally
        {
            await Client.ShellAsync("umount $1", bound);
        }
        Assert.That((await Client.ShellAsync("cat $1/dir/old", mount.Path)).Output, Is.EqualTo("overwritten"));
    }

    [Test]
    public async Task What_cannot_be_refreshed_is_one_line()
    {
        MountedBucket mount = await MountAsync();
        ChildResult outside = await ProgramUnderTest.RunAsync(["refresh", "/tmp"]);
        Assert.That((outside.ExitCode, outside.Output, outside.Error), Is.EqualTo((1, "", "s3mount: /tmp is not in a mount of s3mount; s3mount status lists those that there are\n")));
        ChildResult missing = await ProgramUnderTest.RunAsync(["refresh", mount["nothing"]]);
        Assert.That((missing.ExitCode, missing.Output, missing.Error), Is.EqualTo((1, "", $"s3mount: there is no {mount["nothing"]} in the store\n")));
    }

    [Test]
    public async Task Nobody_but_the_owner_and_root_is_answered_also_with_allow_other()
    {
        MountedBucket mount = await MountAsync("--allow-other");
        ChildResult status = await ProgramUnderTest.RunAsync(["status", mount.Path], user: Stranger);
        Assert.That((status.ExitCode, status.Error), Is.EqualTo((1, "")), status.Output);
        Assert.That(status.Output, Does.Contain($"{mount.Path} is mounted by user 0: only that user and root may ask its daemon"));

        // Where somebody has opened the socket to all, the peer's uid still counts.
        ChildResult opened = await Client.ShellAsync("""
            touch $2/socket; mount --bind $1 $2/socket; trap 'umount $2/socket' EXIT; chmod 666 $2/socket; chmod 755 $2
            setpriv --reuid=12345 --regid=12345 --clear-groups /usr/bin/python3 -c '
            import socket, sys
            peer = socket.socket(socket.AF_UNIX)
            peer.settimeout(20)
            peer.connect(sys.argv[1])
            peer.sendall(b"GET /v1/status HTTP/1.1\r\n\r\n")
            while data := peer.recv(4096): sys.stdout.write(data.decode())
            ' $2/socket
            """, SocketOf(mount), NewDirectory().Path);
        Assert.That(opened.Output, Does.StartWith("HTTP/1.1 403 ").And.Contain("this mount belongs to user 0: only that user and root may ask it").And.Not.Contain(Bucket));
    }

    [Test]
    public async Task A_daemon_that_hangs_or_has_died_is_shown_as_such_and_the_next_one_answers()
    {
        MountedBucket mount = await MountAsync();
        int daemon = mount.DaemonId;
        await StatusOfAsync(mount.Path);
        ProcessSignals.Send(daemon, ProcessSignals.Stop);
        ChildResult silent = await ProgramUnderTest.RunAsync(["status", mount.Path]);
        ProcessSignals.Send(daemon, ProcessSignals.Continue);
        Assert.That((silent.ExitCode, silent.Output), Is.EqualTo((1, $"s3mount#{Bucket} at {mount.Path}\n  the daemon of {mount.Path} (process {daemon}) does not answer within 2 s\n")));

        ProcessSignals.Send(daemon, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(mount.Path).Count == 0, _patience, "the daemon is gone");
        ChildResult dead = await ProgramUnderTest.RunAsync(["status", mount.Path, "--json"]);
        Assert.That((dead.ExitCode, JsonDocument.Parse(dead.Output).RootElement[0].GetProperty("state").GetString()), Is.EqualTo((1, "dead")));

        MountedBucket next = await MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Mountpoint = mount.Path });
        Assert.That((await StatusOfAsync(next.Path)).GetProperty("pid").GetInt32(), Is.EqualTo(next.DaemonId));
        await next.EndAsync();
        await mount.AbandonAsync();
    }

    private Task<MountedBucket> MountAsync(params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = arguments });

    private static async Task<JsonElement> StatusOfAsync(string path)
    {
        JsonElement status = default;
        await Eventually.IsTrueAsync(async () =>
        {
            ChildResult result = await ProgramUnderTest.RunAsync(["status", path, "--json"]);
            return result.ExitCode == 0 && JsonDocument.Parse(result.Output).RootElement[0].TryGetProperty("status", out status);
        }, _patience, $"{path} answers");
        return status;
    }

    private static string SocketOf(MountedBucket mount)
    {
        string device = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')).Last(fields => fields[4] == mount.Path)[2];
        return string.Create(CultureInfo.InvariantCulture, $"/run/s3mount/{device.Replace(':', '-')}.sock");
    }
}
