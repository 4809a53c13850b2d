using System.Diagnostics;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>The command lines that mount the bench's bucket in the foreground, each with what its manual recommends for training.</summary>
internal static class MountCommand
{
    /// <param name="cache">An empty directory that is deleted with the mount.</param>
    /// <param name="extra">More options for s3mount.</param>
    public static ProcessStartInfo Of(Contender contender, string program, BenchStore store, string mountpoint, string cache, string[] extra)
    {
        string[] command = contender switch
        {
            Contender.S3Mount => [program, BenchStore.Bucket, mountpoint, "-f", "--no-sign-request", "--endpoint-url", store.Endpoint, "--metadata-ttl", "1h", .. extra],
            Contender.S3Fs => ["s3fs", BenchStore.Bucket, mountpoint, "-f", "-o", S3FsOptions(store, cache)],
            Contender.RCloneOff => RClone(store, mountpoint, cache, "off"),
            Contender.RCloneFull => RClone(store, mountpoint, cache, "full"),
            _ => throw new ArgumentOutOfRangeException(nameof(contender), contender, "no mount"),
        };
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // rclone 1.60 refuses to start where it is set.
        start.Environment.Remove("AWS_CA_BUNDLE");
        return start;
    }

    // With its cache on disk, its listings kept for an hour, and pages that outlive an open.
    private static string S3FsOptions(BenchStore store, string cache) =>
        $"url={store.Endpoint},use_path_request_style,public_bucket=1,ro,kernel_cache,use_cache={cache},stat_cache_expire=3600,max_stat_cache_size=200000,parallel_count=32,multireq_max=32";

    private static string[] RClone(BenchStore store, string mountpoint, string cache, string mode) =>
    [
        "rclone", "mount", $":s3,provider=Other,env_auth=false,force_path_style=true,endpoint='{store.Endpoint}':{BenchStore.Bucket}", mountpoint,
        "--read-only", "--no-modtime", "--no-checksum", "--dir-cache-time", "1h", "--attr-timeout", "1h", "--vfs-cache-mode", mode, "--cache-dir", cache, "--config", "/dev/null",
    ];
}
