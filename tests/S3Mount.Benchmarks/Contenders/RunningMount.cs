using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>A mount that serves: one foreground process, one directory. Unmounted when disposed.</summary>
internal sealed class RunningMount : IAsyncDisposable
{
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private RunningMount(Process process, string directory)
    {
        (_process, Directory) = (process, directory);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Directory { get; }

    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    public static async Task<RunningMount> StartAsync(ProcessStartInfo command, string directory)
    {
        Process process = Run(command);
        var mount = new RunningMount(process, directory);
        long start = Stopwatch.GetTimestamp();
        while (!IsMounted(directory))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start) > _startDeadline)
            {
                await mount.DisposeAsync();
                throw new BenchException("it did not mount: " + mount.Output);
            }
            await Task.Delay(_pollInterval);
        }
        return mount;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsMounted(Directory))
            await UnmountAsync("-u");
        using var deadline = new CancellationTokenSource(_endDeadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }
        // A reader that is stuck in it, or a daemon that died, leaves it mounted.
        if (IsMounted(Directory))
            await UnmountAsync("-uz");
        _process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (_output)
                return _output.ToString().Trim();
        }
    }

    private static Process Run(ProcessStartInfo command)
    {
        try
        {
            return Process.Start(command)!;
        }
        catch (Win32Exception failure)
        {
            throw new BenchException($"{command.FileName} does not start: {failure.Message}");
        }
    }

    private static bool IsMounted(string directory) =>
        File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, var place, var type, ..] && place == directory && type.StartsWith("fuse", StringComparison.Ordinal));

    private async Task UnmountAsync(string how)
    {
        using Process unmount = Process.Start(new ProcessStartInfo("fusermount3", [how, Directory]) { RedirectStandardError = true })!;
        await unmount.WaitForExitAsync();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
