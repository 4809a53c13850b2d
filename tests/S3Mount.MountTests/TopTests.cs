using System.Text.Json;
using System.Text.RegularExpressions;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary><c>s3mount top</c> as a user runs it, in a terminal.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class TopTests : MountTest
{
    private const string Bucket = "watched";
    private const int Size = 8 << 20;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket(Bucket);
        bucket.Put("shard.tar", Ramp.Create(Size));
        bucket.Put("small", "small");
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task A_reader_is_shown_by_pid_and_name_and_whoever_leaves_has_his_screen_back()
    {
        MountedBucket mount = await MountAsync();
        await using TerminalWindow window = await TerminalWindow.OpenAsync(80, 24);
        await window.PressAsync($"echo this was here; {ProgramUnderTest.Path} top {mount.Path}; echo left with $?", "Enter");
        string screen = await window.ShowsAsync(screen => screen.Contains("nobody just now", StringComparison.Ordinal) && screen.Contains("nothing: nobody asks", StringComparison.Ordinal), "that nobody reads");
        Assert.That(screen.Split('\n')[0], Does.Match($@"^s3://{Bucket}/ at {Regex.Escape(mount.Path)} +running  \d\d:\d\d:\d\dZ$"));
        Assert.That(await window.ModesAsync(), Is.EqualTo((true, false, false)));

        await using ChildProcess reader = await Client.StartPythonAsync("reread.py", mount["shard.tar"]);
        var row = new Regex($@"^ +{reader.Id}  python3 +([1-9][0-9.,]*) [KM]iB/s", RegexOptions.Multiline);
        screen = await window.ShowsAsync(screen => row.IsMatch(screen), "the reader with its throughput");
        Assert.That(screen, Does.Match(@"(?m)^read +[1-9][0-9.,]* [KM]iB/s .*[▁▂▃▄▅▆▇█] +max [1-9]"));
        Assert.That(screen, Does.Match(@"(?m)^latency +.*READ [0-9.]+ [um]s \(99 %: [0-9.]+ [um]s\)"));
        Assert.That(screen, Does.Match(@"(?m)^found in +memory [0-9.]+ %, store [0-9.]+ %$"));
        Assert.That(screen.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(80));

        await window.PressAsync("q");
        screen = await window.ShowsAsync(screen => screen.Contains("left with 0", StringComparison.Ordinal), "that it has left");
        Assert.That(screen, Does.Contain("\nthis was here\n").And.Not.Contain("waiting for"));
        Assert.That(await window.ModesAsync(), Is.EqualTo((false, true, true)));
        // What is typed is shown again, and taken line by line.
        await window.PressAsync("stty -a | tr ' ' '\\n' | grep -cxE 'icanon|echo'", "Enter");
        await window.ShowsAsync(screen => Regex.IsMatch(screen, "(?m)^2$"), "the modes of before");
        reader.CloseInput();
        Assert.That((await reader.WaitAsync(_patience)).ExitCode, Is.Zero);
    }

    [Test]
    public async Task It_follows_the_size_of_the_terminal_a_daemon_that_hangs_and_the_end_of_the_mount()
    {
        MountedBucket mount = await MountAsync();
        int daemon = mount.DaemonId;
        await using TerminalWindow window = await TerminalWindow.OpenAsync(80, 24);
        await window.PressAsync($"{ProgramUnderTest.Path} top {mount.Path}; echo left with $?", "Enter");
        await window.ShowsAsync(screen => screen.Contains("\nerrors ", StringComparison.Ordinal), "all of it");
        await window.ResizeAsync(60, 8);
        string screen = await window.ShowsAsync(screen => !screen.Contains("\nerrors ", StringComparison.Ordinal) && screen.Contains("waiting for", StringComparison.Ordinal), "what matters most");
        Assert.That(screen, Does.Match("running  [0-9:]{8}Z\n").And.Contain("READER"));
        await window.ResizeAsync(120, 30);
        await window.ShowsAsync(screen => Regex.IsMatch(screen, "^.{119}Z\n"), "all of its width");

        ProcessSignals.Send(daemon, ProcessSignals.Stop);
        try
        {
            await window.ShowsAsync(screen => screen.Contains("no answer", StringComparison.Ordinal) && Regex.IsMatch(screen, @"does not answer within 2 s \(for \d+ s\); trying again"), "that nobody answers");
        }
        finally
        {
            ProcessSignals.Send(daemon, ProcessSignals.Continue);
        }
        await window.ShowsAsync(screen => screen.Contains(" running ", StringComparison.Ordinal) && !screen.Contains("no answer", StringComparison.Ordinal), "that somebody answers");

        // The other keys and signals, too, leave nothing behind.
        await window.PressAsync("C-z");
        await window.ShowsAsync(screen => screen.Contains("Stopped", StringComparison.Ordinal), "a shell meanwhile");
        Assert.That(await window.ModesAsync(), Is.EqualTo((false, true, true)));
        await window.PressAsync("fg", "Enter");
        await window.ShowsAsync(screen => screen.Contains(" running ", StringComparison.Ordinal), "the mount again");

        await mount.EndAsync();
        await window.ShowsAsync(screen => screen.Contains($"s3mount: {mount.Path} is not mounted any more\n", StringComparison.Ordinal), "why it has left");
        Assert.That(await window.ModesAsync(), Is.EqualTo((false, true, true)));
        await window.PressAsync("echo code $?", "Enter");
        await window.ShowsAsync(screen => screen.Contains("\ncode 1\n", StringComparison.Ordinal), "exit code 1");
    }

    [Test]
    public async Task Signals_give_the_screen_back()
    {
        MountedBucket mount = await MountAsync();
        await using TerminalWindow window = await TerminalWindow.OpenAsync(80, 24);
        foreach (string signal in (string[])["TERM", "INT", "QUIT"])
        {
            await window.PressAsync($"clear; {ProgramUnderTest.Path} top {mount.Path}; echo left after {signal} with $?", "Enter");
            await window.ShowsAsync(screen => screen.Contains("READER", StringComparison.Ordinal), "the mount");
            if (signal != "TERM")
                await window.PressAsync(signal == "INT" ? "C-c" : "C-\\");
            else
                await Client.ShellAsync("kill -s $1 $(pgrep -f -x -- \"$2 top $3\")", signal, ProgramUnderTest.Path, mount.Path);
            await window.ShowsAsync(screen => screen.Contains($"left after {signal} with 0", StringComparison.Ordinal), "that it has left");
            Assert.That(await window.ModesAsync(), Is.EqualTo((false, true, true)), signal);
        }
    }

    [Test]
    public async Task Bytes_are_counted_exactly_and_a_reader_of_another_pid_namespace_is_number_0()
    {
        // The mount's namespace is one below that of whoever reads: from there nobody here has a number.
        using TempDirectory directory = NewDirectory();
        string path = directory.CreateDirectory("mnt");
        await using ChildProcess daemon = await ChildProcess.StartAsync("unshare",
            ["--pid", "--fork", "--kill-child", ProgramUnderTest.Path, "-f", Bucket, path, "--endpoint-url", _server.Url, "--log-file", directory["log"]],
            new ChildProcessOptions { Environment = StoreAddress.Of(_server).Environment });
        await Eventually.IsTrueAsync(() => daemon.HasExited || (File.Exists(directory["log"]) && File.ReadAllText(directory["log"]).Contains(" is mounted at ", StringComparison.Ordinal)), _patience, "the mount is usable");
        await Client.ShellAsync("cat $1/shard.tar | wc -c", path);
        Assert.That(await ReadersAsync(path), Is.EqualTo(((uint, long, long)[])[(0, Size, 1)]));
        ChildResult frame = await ProgramUnderTest.RunAsync(["top", path, "-n", "1"]);
        Assert.That((frame.ExitCode, frame.Error), Is.EqualTo((0, "")));
        Assert.That(frame.Output, Does.StartWith($"s3://{Bucket}/ at {path}").And.Contain("PID  READER"));
        Assert.That((await ProgramUnderTest.RunAsync(["status", path])).Output, Does.Contain("  readers       other pid namespace [0] 8.0 MiB\n"));
        await Client.ShellAsync("umount $1", path);
        Assert.That((await daemon.WaitAsync(_patience)).ExitCode, Is.Zero);

        // From here whoever is below has one.
        MountedBucket mount = await MountAsync();
        await using ChildProcess reader = await Client.StartAsync("unshare", "--pid", "--fork", "--kill-child", "/usr/bin/python3", "-c", "import sys; open(sys.argv[1], 'rb').read(); print('read', flush=True); sys.stdin.read()", mount["shard.tar"]);
        await reader.WaitForOutputAsync("read", _patience);
        (uint Pid, long Bytes, long Files) inner = (await ReadersAsync(mount.Path)).Single(reader => reader.Bytes > 0);
        Assert.That((inner.Bytes, inner.Files), Is.EqualTo((Size, 1)));
        Assert.That(inner.Pid, Is.Not.Zero.And.Not.EqualTo(1));
        Assert.That((await ProgramUnderTest.RunAsync(["status", mount.Path])).Output, Does.Contain($"  readers       python3 [{inner.Pid}] 8.0 MiB\n"));
        reader.CloseInput();
        await reader.WaitAsync(_patience);
    }

    [Test]
    public async Task Without_a_terminal_or_with_several_mounts_it_says_what_to_write()
    {
        MountedBucket one = await MountAsync();
        MountedBucket two = await MountAsync();
        ChildResult pipe = await ProgramUnderTest.RunAsync(["top", one.Path]);
        Assert.That((pipe.ExitCode, pipe.Output, pipe.Error), Is.EqualTo((2, "", "s3mount: top draws on a terminal, and this is none: write s3mount top -n 1 for one frame, or s3mount status, which is for scripts (--json)\n")));
        ChildResult which = await ProgramUnderTest.RunAsync(["top", "--once"]);
        Assert.That(which.ExitCode, Is.EqualTo(2));
        Assert.That(which.Error, Does.Match(@"^s3mount: there are \d+ mounts: write which, as in s3mount top /\S+\n$"));
        Assert.That(which.Output, Does.Contain($"s3mount#{Bucket} at {one.Path}\n").And.Contain($"s3mount#{Bucket} at {two.Path}\n"));
        ChildResult outside = await ProgramUnderTest.RunAsync(["top", "/tmp", "-n", "1"]);
        Assert.That((outside.ExitCode, outside.Error), Is.EqualTo((1, "s3mount: /tmp is not in a mount of s3mount; s3mount status lists those that there are\n")));
    }

    private Task<MountedBucket> MountAsync() => MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket });

    private static async Task<(uint Pid, long Bytes, long Files)[]> ReadersAsync(string path)
    {
        JsonElement readers = default;
        await Eventually.IsTrueAsync(async () =>
        {
            ChildResult result = await ProgramUnderTest.RunAsync(["status", path, "--json"]);
            return result.ExitCode == 0 && JsonDocument.Parse(result.Output).RootElement[0].GetProperty("status").TryGetProperty("readers", out readers);
        }, _patience, $"{path} answers");
        return [.. readers.EnumerateArray().Select(reader => (reader.GetProperty("pid").GetUInt32(), reader.GetProperty("readBytes").GetInt64(), reader.GetProperty("files").GetInt64()))];
    }
}
