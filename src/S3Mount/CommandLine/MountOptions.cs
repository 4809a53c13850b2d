namespace S3Mount.CommandLine;

/// <summary>The options of <c>s3mount BUCKET MOUNTPOINT</c>, in the order of the help text.</summary>
internal static class MountOptions
{
    public static readonly OptionDefinition Foreground = new("foreground", null, "stay in the foreground, log to stderr") { ShortName = 'f', InFstab = false };

    /// <summary>What stands by its position on the command line has a name in the other layers.</summary>
    public static readonly OptionDefinition Bucket = new("bucket", "BUCKET[/PREFIX]", "what is mounted") { InFstab = false };
    public static readonly OptionDefinition Mountpoint = new("mountpoint", "DIR", "where it is mounted") { InFstab = false };

    public static readonly OptionDefinition Prefix = new("prefix", "PREFIX", "mount only the keys below PREFIX; the same as BUCKET/PREFIX");
    public static readonly OptionDefinition Region = new("region", "REGION", "region of the bucket (AWS_REGION, the profile, then what the bucket says)");
    public static readonly OptionDefinition EndpointUrl = new("endpoint-url", "URL", "an S3-compatible server instead of AWS (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL)");
    public static readonly OptionDefinition Profile = new("profile", "NAME", "profile of ~/.aws/config and ~/.aws/credentials (AWS_PROFILE)");
    public static readonly OptionDefinition NoSignRequest = new("no-sign-request", null, "anonymous requests, for public buckets");
    public static readonly OptionDefinition RequesterPays = new("requester-pays", null, "agree to pay for requests to the bucket");
    public static readonly OptionDefinition ForcePathStyle = new("force-path-style", null, "ask for URL/BUCKET/KEY (implied by an endpoint that is an IP address)");
    public static readonly OptionDefinition CaBundle = new("ca-bundle", "FILE", "PEM file with certificates to trust besides the system's (AWS_CA_BUNDLE)");
    public static readonly OptionDefinition MaxConnections = new("max-connections", "N", "requests to the store at once (64)");
    public static readonly OptionDefinition IoDeadline = new("io-deadline", "DURATION", "how long a read waits for a store in trouble; 0 for ever (5m)");

    public static readonly OptionDefinition MetadataTtl = new("metadata-ttl", "DURATION", "how long listings and attributes hold before the store is asked again (60s)");
    public static readonly OptionDefinition NegativeMetadataTtl = new("negative-metadata-ttl", "DURATION", "the same for names that do not exist (5s)");
    public static readonly OptionDefinition Snapshot = new("snapshot", "FILE", "a pinned dataset: exactly the keys and versions of FILE (s3mount snapshot create); nothing is listed");
    public static readonly OptionDefinition Cache = new("cache", "DIR", "keep what was read, and listings, in DIR from mount to mount and for all mounts that name it (off)");
    public static readonly OptionDefinition MaxCacheSize = new("max-cache-size", "SIZE", "what DIR may take on its disk (all but a tenth of the disk)");
    public static readonly OptionDefinition Hydrate = new("hydrate", null, "bring everything below the mount to the cache in the background, from the moment of mounting; readers go first");
    public static readonly OptionDefinition Memory = new("memory", "SIZE", "budget for cached blocks and readahead together (a quarter of the memory, at least 128MiB)");

    public static readonly OptionDefinition AllowOther = new("allow-other", null, "let other users in (needs root or user_allow_other in /etc/fuse.conf)");
    public static readonly OptionDefinition AllowRoot = new("allow-root", null, "let the owner and root in (needs the same)");
    public static readonly OptionDefinition Uid = new("uid", "USER", "owner of all files, by name or number (the caller)");
    public static readonly OptionDefinition Gid = new("gid", "GROUP", "group of all files, by name or number (the caller's)");
    public static readonly OptionDefinition FileMode = new("file-mode", "MODE", "permissions of files, octal (0444)");
    public static readonly OptionDefinition DirMode = new("dir-mode", "MODE", "permissions of directories, octal (0555)");

    public static readonly OptionDefinition LogLevel = new("log-level", "LEVEL", "trace, debug, info, warning or error (info)");
    public static readonly OptionDefinition LogFile = new("log-file", "FILE", "append the log to FILE; SIGHUP opens it anew (stderr with -f, syslog without)");

    public static readonly OptionDefinition Config = new("config", "FILE", "YAML file with these options (S3MOUNT_CONFIG); the command line and S3MOUNT_* variables win over it");
    public static readonly OptionDefinition MetricsListen = new("metrics-listen", "HOST:PORT", "serve metrics for Prometheus at /metrics, and /healthz and /readyz; :PORT is 127.0.0.1 (off)");
    public static readonly OptionDefinition PriceGet = new("price-get", "PRICE", "what 1,000 GET requests cost, in any currency: s3mount status then shows what the mount has cost");
    public static readonly OptionDefinition PriceList = new("price-list", "PRICE", "what 1,000 LIST requests cost");
    public static readonly OptionDefinition PriceGb = new("price-gb", "PRICE", "what 10^9 bytes read from the store cost");

    /// <summary>fstab's option list; see <see cref="FstabOptions"/>.</summary>
    public static readonly OptionDefinition Fstab = new("options", "OPT[,OPT]", "options as in /etc/fstab: those above, such as metadata_ttl=10m, and ro, nodev, _netdev, ...") { ShortName = 'o', InFstab = false };

    /// <summary>What every command that needs a store is told of it.</summary>
    public static readonly OptionDefinition[] Store =
        [Prefix, Region, EndpointUrl, Profile, NoSignRequest, RequesterPays, ForcePathStyle, CaBundle, MaxConnections, IoDeadline];

    public static readonly (string Title, OptionDefinition[] Options)[] Groups =
    [
        ("Store", Store),
        ("Caching", [MetadataTtl, NegativeMetadataTtl, Snapshot, Cache, MaxCacheSize, Hydrate, Memory]),
        ("Permissions", [AllowOther, AllowRoot, Uid, Gid, FileMode, DirMode]),
        ("Running", [Foreground, LogLevel, LogFile, Config, Fstab]),
        ("Telemetry", [MetricsListen, PriceGet, PriceList, PriceGb]),
    ];

    public static IEnumerable<OptionDefinition> All => Groups.SelectMany(group => group.Options);

    /// <summary>What may hold for one dataset of several: all of the store but how long it is waited for, and what is remembered of it.</summary>
    public static readonly OptionDefinition[] OfDatasets = [Bucket, .. Store.Except([IoDeadline]), MetadataTtl, NegativeMetadataTtl, Snapshot, Hydrate];

    /// <summary>The key of a file below which datasets stand, by their names.</summary>
    public const string Datasets = "datasets";

    /// <summary>What a file and variables may set: all but what names the file itself, and fstab's list.</summary>
    public static IEnumerable<OptionDefinition> Keys => [Bucket, Mountpoint, .. All.Except([Config, Fstab])];
}
