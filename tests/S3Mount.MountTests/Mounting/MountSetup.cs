using S3Mount.MountTests.Stores;

namespace S3Mount.MountTests.Mounting;

/// <summary>How a bucket is mounted.</summary>
internal sealed record MountSetup
{
    public required StoreAddress Store { get; init; }

    /// <summary>BUCKET, BUCKET/PREFIX or an s3:// URL.</summary>
    public required string Target { get; init; }

    /// <summary>Besides the endpoint and the log file.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>With <c>-f</c>, as a child of the tests, which then see its exit code.</summary>
    public bool Foreground { get; init; }

    /// <summary>Who mounts; null is root.</summary>
    public string? User { get; init; }

    /// <summary>The cgroup.procs of the cgroup in which it runs; null is that of the tests.</summary>
    public string? Cgroup { get; init; }

    /// <summary>An existing directory; null makes one.</summary>
    public string? Mountpoint { get; init; }

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
