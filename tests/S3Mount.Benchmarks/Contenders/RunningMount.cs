using System.Diagnostics;
using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>A mount that serves: one foreground process, one directory. Unmounted when disposed, its cache deleted.</summary>
internal sealed class RunningMount : IAsyncDisposable
{
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(5);

    private readonly ChildProcess _process;
    private readonly MountCommand _command;

    private RunningMount(ChildProcess process, MountCommand command) => (_process, _command) = (process, command);

    public string Directory => _command.Mountpoint;

    /// <exception cref="BenchException">The process has ended.</exception>
    public ProcessUsage Usage
    {
        get
        {
            try
            {
                return ProcessUsage.Of(_process.Id);
            }
            catch (IOException)
            {
                throw new BenchException("the mount's process ended: " + Output);
            }
        }
    }

    public static async Task<RunningMount> StartAsync(MountCommand command, CancellationToken cancellationToken)
    {
        var mount = new RunningMount(await ChildProcess.StartAsync(command.Program, command.Arguments), command);
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (!IsMounted(command.Mountpoint))
            {
                if (mount._process.HasExited || Stopwatch.GetElapsedTime(start) > _startDeadline)
                    throw new BenchException("it did not mount: " + mount.Output);
                await Task.Delay(_pollInterval, cancellationToken);
            }
            return mount;
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    /// <summary>How long it takes from SIGTERM to its end.</summary>
    /// <exception cref="BenchException">It has not ended in time.</exception>
    public async Task<TimeSpan> TerminateAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        _process.Signal(ProcessSignals.Terminate);
        while (!_process.HasExited)
        {
            if (Stopwatch.GetElapsedTime(start) > deadline)
                throw new BenchException($"it had not ended {deadline.TotalSeconds} s after SIGTERM");
            await Task.Delay(_pollInterval, cancellationToken);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Is done, with whatever means it needs, also when a reader is stuck in it or the daemon is dead.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsMounted(Directory))
            await UnmountAsync("-u");
        // A reader that was killed may still be in it.
        if (IsMounted(Directory))
            await UnmountAsync("-uz");
        // One that never came to mount does not notice that.
        if (!_process.HasExited)
            _process.Signal(ProcessSignals.Terminate);
        try
        {
            await _process.WaitAsync(_endDeadline);
        }
        catch (ChildProcessException)
        {
            // It was killed.
        }
        await _process.DisposeAsync();
        if (IsMounted(Directory))
            await UnmountAsync("-uz");
        if (_command.Cache is { } cache)
            System.IO.Directory.Delete(cache, recursive: true);
    }

    private string Output => (_process.Output + _process.Error).Trim();

    private static bool IsMounted(string directory) =>
        File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, var place, var type, ..] && place == directory && type.StartsWith("fuse", StringComparison.Ordinal));

    // What it says is of no account: whether it is still mounted is looked up.
    private async Task UnmountAsync(string how)
    {
        try
        {
            await ChildProcess.RunAsync("fusermount3", [how, Directory], new ChildProcessOptions { Deadline = _endDeadline });
        }
        catch (ChildProcessException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
        }
    }
}
