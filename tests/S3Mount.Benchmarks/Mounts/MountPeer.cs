using System.Diagnostics;

namespace S3Mount.Benchmarks.Mounts;

/// <summary>A way to mount the bench's bucket: one foreground process that serves one directory.</summary>
internal sealed class MountPeer
{
    private readonly Func<BenchStore, string, string, ProcessStartInfo> _command;

    private MountPeer(string name, Func<BenchStore, string, string, ProcessStartInfo> command) => (Name, _command) = (name, command);

    public string Name { get; }

    public static MountPeer S3Mount(string program) => new("s3mount", (store, directory, _) => Command(
        program, BenchStore.Bucket, directory, "-f", "--no-sign-request", "--endpoint-url", store.Endpoint.ToString().TrimEnd('/'), "--metadata-ttl", "1h"));

    /// <summary>With its own listing cache on and long-lived, as one would for training.</summary>
    public static MountPeer S3Fs() => new("s3fs", (store, directory, _) => Command(
        "s3fs", BenchStore.Bucket, directory, "-f", "-o", $"url={store.Endpoint.ToString().TrimEnd('/')},use_path_request_style,public_bucket=1,ro,stat_cache_expire=3600,max_stat_cache_size=200000,parallel_count=32,multireq_max=32"));

    public static MountPeer RCloneOff() => RClone("rclone off", "off");

    public static MountPeer RCloneFull() => RClone("rclone full", "full");

    public Process Start(BenchStore store, string directory, string scratch)
    {
        ProcessStartInfo start = _command(store, directory, scratch);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} did not start");
        process.OutputDataReceived += (_, _) => { };
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) => errors.Add(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        long start0 = Stopwatch.GetTimestamp();
        while (!IsMounted(directory))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start0) > TimeSpan.FromSeconds(30))
                throw new InvalidOperationException($"{Name} did not mount: {string.Join(' ', errors)}");
            Thread.Yield();
        }
        return process;
    }

    public static async Task StopAsync(Process process, string directory)
    {
        using (Process unmount = Process.Start("fusermount3", ["-u", directory]))
            await unmount.WaitForExitAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        process.Dispose();
    }

    public static bool IsMounted(string directory) =>
        File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ')[1] == directory && line.Contains(" fuse", StringComparison.Ordinal));

    private static MountPeer RClone(string name, string cacheMode) => new(name, (store, directory, scratch) => Command(
        "rclone", "mount", $":s3,provider=Other,env_auth=false,force_path_style=true,endpoint='{store.Endpoint.ToString().TrimEnd('/')}':{BenchStore.Bucket}", directory,
        "--read-only", "--no-modtime", "--no-checksum", "--dir-cache-time", "1h", "--attr-timeout", "1h", "--vfs-cache-mode", cacheMode, "--cache-dir", scratch, "--config", "/dev/null"));

    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // rclone 1.60 refuses to start where it is set.
        start.Environment.Remove("AWS_CA_BUNDLE");
        return start;
    }
}
