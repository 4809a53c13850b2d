using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>
/// A bucket that <c>s3mount</c> has mounted, and its daemon. The process of the tests never touches the path itself: whoever reads
/// there is a child with a deadline.
/// </summary>
internal sealed class MountedBucket
{
    // The daemon gives readers 5 s to close their files and requests a few more to end.
    // What README promises, whatever is in flight.
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(10);
    // Whoever makes a mount namespace meanwhile, as sandboxes do, takes a copy of the mount with it.
    private static readonly TimeSpan _endElsewhereDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory;
    private readonly MountSetup _setup;
    private readonly ChildProcess? _foreground;
    private string? _finalLog;

    private MountedBucket(TempDirectory directory, MountSetup setup, string path, ChildProcess? foreground)
    {
        _directory = directory;
        _setup = setup;
        Path = path;
        _foreground = foreground;
    }

    public string Path { get; }

    public string this[string name] => $"{Path}/{name}";

    /// <summary>What the program printed when it mounted in the background.</summary>
    public string Said { get; private init; } = "";

    /// <summary>All that the daemon has logged; it can be read after the end too.</summary>
    public string Log => _finalLog ?? (File.Exists(LogFile) ? File.ReadAllText(LogFile) : "");

    public bool IsMounted => MountedPaths.Contains(Path);

    public bool HasEnded { get; private set; }

    /// <summary>The process with <c>-f</c>; its exit code is its own.</summary>
    public ChildProcess Foreground => _foreground ?? throw new InvalidOperationException("it was not mounted with -f");

    /// <summary>The process that serves the mount.</summary>
    public int DaemonId => DaemonProcesses.Of(Path) is [int one] ? one : throw new InvalidOperationException($"there is not one daemon for {Path}");

    private string LogFile => _directory["log"];

    /// <summary>Returns when the mount is usable.</summary>
    /// <exception cref="ChildProcessException">It was not mounted; the message holds what the program said.</exception>
    public static async Task<MountedBucket> StartAsync(MountSetup setup)
    {
        var directory = new TempDirectory("s3mount-test");
        string path = setup.Mountpoint ?? directory.CreateDirectory("mnt");
        Open(directory.Path, path, setup);
        string[] arguments = [setup.Target, path, "--endpoint-url", setup.Store.Url, "--log-file", directory["log"], "--log-level", "debug", .. setup.Arguments];
        try
        {
            if (!setup.Foreground)
            {
                ChildResult result = await ProgramUnderTest.RunAsync(arguments, setup.Store, setup.User, setup.Environment, setup.Cgroup);
                return new MountedBucket(directory, setup, path, null) { Said = result.EnsureSuccess().Error };
            }
            ChildProcess daemon = await ProgramUnderTest.StartAsync(["-f", .. arguments], setup.Store, setup.User, setup.Environment, setup.Cgroup);
            var mount = new MountedBucket(directory, setup, path, daemon);
            await Eventually.IsTrueAsync(() => daemon.HasExited || mount.Log.Contains(" is mounted at ", StringComparison.Ordinal), _startDeadline, "the mount is usable");
            return daemon.HasExited ? throw new ChildProcessException($"it ended instead of mounting: {daemon.Error}") : mount;
        }
        catch
        {
            await ForceAsync(directory, path);
            throw;
        }
    }

    public Task<ChildResult> UmountAsync(params string[] options) => ProgramUnderTest.RunAsync(["umount", Path, .. options], user: _setup.User);

    /// <summary>Unmounts with <c>s3mount umount</c> and asserts that the daemon ends and leaves nothing.</summary>
    public async Task EndAsync()
    {
        ChildResult result = await UmountAsync();
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        await HasEndedAsync();
    }

    /// <summary>Asserts that it goes, or is gone, without leaving a mount, a process or an error in the log.</summary>
    public async Task HasEndedAsync()
    {
        TimeSpan deadline = !IsMounted && MountedPaths.IsHeldElsewhere(Path) ? _endElsewhereDeadline : _endDeadline;
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(Path).Count == 0, deadline, "the daemon has ended");
        Assert.That(IsMounted, Is.False, "it is still mounted");
        if (_foreground is not null)
            Assert.That((await _foreground.WaitAsync(_endDeadline)).ExitCode, Is.Zero, _foreground.Error);
        Assert.That(Log, Does.Contain("INFO stopped after ").And.Not.Contain("CRIT").And.Not.Contain("unhandled").And.Not.Contain("internal error").And.Not.Contain("please report"));
        HasEnded = true;
        _finalLog = Log;
        _directory.Dispose();
    }

    /// <summary>After the daemon was killed: only the files go.</summary>
    public async Task AbandonAsync()
    {
        HasEnded = true;
        _finalLog = Log;
        if (_foreground is not null)
            await _foreground.DisposeAsync();
        await ForceAsync(_directory, Path);
    }

    /// <summary>After the daemon was killed: only its log goes, and the dead mount stays for whoever mounts there next.</summary>
    public void LeaveDead()
    {
        HasEnded = true;
        _finalLog = Log;
        _directory.Dispose();
    }

    /// <summary>For a test that has failed: prints the log and ends everything by force.</summary>
    public async Task DumpAsync()
    {
        await TestContext.Out.WriteLineAsync($"--- log of the mount at {Path}");
        await TestContext.Out.WriteLineAsync(Log.Length > MaxDump ? "...\n" + Log[^MaxDump..] : Log);
        await AbandonAsync();
    }

    // As much as somebody would read.
    private const int MaxDump = 16_000;

    private static async Task ForceAsync(TempDirectory directory, string path)
    {
        foreach (int daemon in DaemonProcesses.Of(path))
            ProcessSignals.Send(daemon, ProcessSignals.Kill);
        for (int i = 0; i < 3 && MountedPaths.Contains(path); i++)
            await ChildProcess.RunAsync("umount", ["-l", path]);
        directory.Dispose();
    }

    // Another user must reach the mountpoint and write the log.
    private static void Open(string directory, string path, MountSetup setup)
    {
        const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777
        File.SetUnixFileMode(directory, setup.User is null ? (UnixFileMode)0x1ED : Everybody);
        if (setup.User is not null)
            File.SetUnixFileMode(path, Everybody);
    }
}
