namespace S3Mount.Benchmarks.Contenders;

/// <summary>A command line that mounts the bench's bucket in the foreground, with what the contender's manual recommends for training.</summary>
/// <param name="Cache">A directory that is deleted with the mount; null where none is used.</param>
internal sealed record MountCommand(string Program, string[] Arguments, string Mountpoint, string? Cache)
{
    /// <param name="program">Of s3mount.</param>
    /// <param name="extra">More options for s3mount.</param>
    public static MountCommand Of(Contender contender, string program, BenchStore store, Site site, string[] extra)
    {
        (string mountpoint, string cache) = (site.Mountpoint, site.NewCache());
        return contender switch
        {
            Contender.S3Mount or Contender.S3MountPlain => new(program, S3Mount(BenchStore.Bucket, mountpoint, store, extra), mountpoint, cache),
            Contender.S3Fs => new("s3fs", [BenchStore.Bucket, mountpoint, "-f", "-o", S3FsOptions(store, cache)], mountpoint, cache),
            Contender.RCloneOff => new("rclone", RClone(store, mountpoint, cache, "off"), mountpoint, cache),
            Contender.RCloneFull => new("rclone", RClone(store, mountpoint, cache, "full"), mountpoint, cache),
            _ => throw new ArgumentOutOfRangeException(nameof(contender), contender, "no mount"),
        };
    }

    /// <summary>s3mount of the images of <see cref="Epochs.EpochImages"/> alone.</summary>
    public static MountCommand OfImages(string program, BenchStore store, Site site, string[] extra) =>
        new(program, S3Mount($"{BenchStore.Bucket}/{Epochs.EpochImages.Directory}", site.ImageMountpoint, store, extra), site.ImageMountpoint, Cache: null);

    private static string[] S3Mount(string source, string mountpoint, BenchStore store, string[] extra) =>
        [source, mountpoint, "-f", "--no-sign-request", "--endpoint-url", store.Endpoint, "--metadata-ttl", "1h", .. extra];

    // With its cache on disk, its listings kept for an hour, and pages that outlive an open.
    private static string S3FsOptions(BenchStore store, string cache) =>
        $"url={store.Endpoint},use_path_request_style,public_bucket=1,ro,kernel_cache,use_cache={cache},stat_cache_expire=3600,max_stat_cache_size=200000,parallel_count=32,multireq_max=32";

    private static string[] RClone(BenchStore store, string mountpoint, string cache, string mode) =>
    [
        "mount", $":s3,provider=Other,env_auth=false,force_path_style=true,endpoint='{store.Endpoint}':{BenchStore.Bucket}", mountpoint,
        "--read-only", "--no-modtime", "--no-checksum", "--dir-cache-time", "1h", "--attr-timeout", "1h", "--vfs-cache-mode", mode, "--cache-dir", cache, "--config", "/dev/null",
    ];
}
