using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Fuse.Mounting;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Configuration;

/// <summary>From what was written to what is meant: every value checked, defaults filled in, paths made absolute.</summary>
internal static class SettingsReader
{
    /// <summary>A quarter leaves the rest to the page cache and the training processes; never less than a few blocks for each of many readers.</summary>
    private const long LeastDefaultMemory = 128L << 20;

    /// <summary>What the process has at most beside the budget: the bench's row "peak memory" is held to it.</summary>
    private const long BesideMemory = 150L << 20;

    /// <summary>A budget below this could not hold the blocks of a few readers at once.</summary>
    private const long LeastMemory = 16L << 20;

    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static MountSettings Read(MountCommand command, Machine machine)
    {
        OptionValues options = command.Options;
        if (options.Datasets.Count == 0)
            return Read(command, ReadBucket(command), machine);
        MountCommand.ThrowIfNotOfDatasets(options);
        // Hydration is each dataset's own, and what they say of it is looked at there.
        MountSettings mount = Read(command, new BucketText("", ""), machine);
        return mount with
        {
            ConfigurationFile = options.Text(MountOptions.Config) is { } file ? Path.GetFullPath(file) : null,
            Datasets = [.. options.Datasets.Select(dataset => new DatasetSettings(dataset.Name, ReadDataset(dataset, command, machine) with { Warnings = [], Memory = mount.Memory, IoDeadline = mount.IoDeadline }))],
        };
    }

    // What a dataset says of itself is nearer than what is said of all, wherever that stands.
    private static MountSettings ReadDataset(DatasetValues dataset, MountCommand mount, Machine machine)
    {
        var options = new OptionValues { Problems = mount.Options.Problems };
        options.AddBelow(dataset.Values, []);
        // A snapshot is for ever, whatever the others are.
        OptionDefinition[] times = dataset.Values.Has(MountOptions.Snapshot) ? [MountOptions.MetadataTtl, MountOptions.NegativeMetadataTtl] : [];
        options.AddBelow(mount.Options, [MountOptions.Bucket, MountOptions.Prefix, MountOptions.Snapshot, .. times]);
        var command = new MountCommand(options.Text(MountOptions.Bucket) ?? "", mount.Mountpoint, options);
        return Read(command, ReadBucket(command), machine);
    }

    private static MountSettings Read(MountCommand command, BucketText bucket, Machine machine)
    {
        OptionValues options = command.Options;
        if (options.Has(MountOptions.AllowOther) && options.Has(MountOptions.AllowRoot))
            options.Fail($"{options.Spelling(MountOptions.AllowOther)} and {options.Spelling(MountOptions.AllowRoot)} exclude each other; leave one out");
        if (options.Has(MountOptions.Snapshot) && (options.Has(MountOptions.MetadataTtl) || options.Has(MountOptions.NegativeMetadataTtl)))
            options.Fail($"{options.Spelling(MountOptions.Snapshot)} shows the same keys and versions for ever: leave out {options.Spelling(MountOptions.MetadataTtl)} and {options.Spelling(MountOptions.NegativeMetadataTtl)}");
        if (options.Has(MountOptions.Hydrate) && !options.Has(MountOptions.Cache))
            options.Fail($"{options.Spelling(MountOptions.Hydrate)} needs a place to bring everything to: {options.Example(MountOptions.Cache, given: MountOptions.Hydrate)}");
        S3StoreOptions store = StoreOptionsReader.Read(bucket, options);
        var settings = new MountSettings
        {
            Bucket = store.Bucket,
            Prefix = store.Prefix,
            Mountpoint = command.Mountpoint.Length > 0 ? Path.Combine(Environment.CurrentDirectory, command.Mountpoint) : throw new UsageException("the mountpoint is empty"),
            Source = options.Text(FstabOptions.SourceName),
            NoExec = options.Has(FstabOptions.NoExec),
            Foreground = options.Has(MountOptions.Foreground),
            Region = store.Region,
            EndpointUrl = store.EndpointUrl,
            Profile = store.Profile,
            NoSignRequest = store.NoSignRequest,
            RequesterPays = store.RequesterPays,
            ForcePathStyle = store.ForcePathStyle,
            CaBundle = store.CaBundle,
            MaxConnections = store.MaxConnections,
            IoDeadline = store.IoDeadline,
            MetadataTtl = options.Read(MountOptions.MetadataTtl, DurationText.Parse, TimeSpan.FromSeconds(60)),
            NegativeMetadataTtl = options.Read(MountOptions.NegativeMetadataTtl, DurationText.Parse, TimeSpan.FromSeconds(5)),
            Snapshot = options.Read(MountOptions.Snapshot, StoreOptionsReader.ParseFile, null),
            Cache = options.Read(MountOptions.Cache, StoreOptionsReader.ParseFile, null),
            MaxCacheSize = options.Read<long?>(MountOptions.MaxCacheSize, text => ParseCacheSize(text), null),
            Hydrate = options.Has(MountOptions.Hydrate),
            Memory = options.Has(MountOptions.Memory) ? options.Read(MountOptions.Memory, ParseMemory, 0) : DefaultMemory(machine.MemoryLimit()),
            LogFile = options.Read(MountOptions.LogFile, StoreOptionsReader.ParseFile, null),
            LogLevel = options.Read(MountOptions.LogLevel, ParseLevel, LogLevel.Information),
            MetricsListen = TelemetryOptionsReader.ReadListen(options),
            Prices = TelemetryOptionsReader.ReadPrices(options),
            Uid = machine.Uid,
            Gid = machine.Gid,
        };
        if (PassedDevice.Find(settings.Mountpoint) is not null && !settings.Foreground)
            throw new UsageException($"{settings.Mountpoint} belongs to this process alone: give -f, too");
        return WithinLimits(WithPermissions(settings, options, machine), options, machine);
    }

    public static long DefaultMemory(long limit) => Math.Max(LeastDefaultMemory, limit == long.MaxValue ? 0 : limit / 4);

    private static MountSettings WithinLimits(MountSettings settings, OptionValues options, Machine machine)
    {
        long most = Math.Max(LeastMemory, machine.MemoryLimit() - BesideMemory);
        if (settings.Memory > most)
        {
            string warning = $"{options.Spelling(MountOptions.Memory)}: {settings.Memory >> 20} MiB are more than this process may have beside its own needs (its cgroup or the machine); {most >> 20} MiB are used";
            settings = settings with { Memory = most, Warnings = [.. settings.Warnings, warning] };
        }
        if (machine.RequestTimeout() is { } timeout && KernelTimeout.LongestDeadline(timeout) is var longest && (settings.IoDeadline < TimeSpan.Zero || settings.IoDeadline > longest))
        {
            string warning = $"{options.Spelling(MountOptions.IoDeadline)}: the kernel aborts a mount that has not answered for {timeout.TotalSeconds:0} s (fs.fuse.max_request_timeout, default_request_timeout); reads wait for {longest.TotalSeconds:0} s at most";
            settings = settings with { IoDeadline = longest, Warnings = [.. settings.Warnings, warning] };
        }
        return settings;
    }

    private static MountSettings WithPermissions(MountSettings settings, OptionValues options, Machine machine) => settings with
    {
        AllowOther = options.Has(MountOptions.AllowOther),
        AllowRoot = options.Has(MountOptions.AllowRoot),
        Uid = options.Read(MountOptions.Uid, text => OwnerText.Parse(text, "user", machine.FindUser), machine.Uid),
        Gid = options.Read(MountOptions.Gid, text => OwnerText.Parse(text, "group", machine.FindGroup), machine.Gid),
        FileMode = options.Read(MountOptions.FileMode, ModeText.Parse, settings.FileMode),
        DirMode = options.Read(MountOptions.DirMode, ModeText.Parse, settings.DirMode),
    };

    private static BucketText ReadBucket(MountCommand command)
    {
        try
        {
            ThrowIfSwapped(command);
            return StoreOptionsReader.ReadBucket(command.Bucket, command.Options);
        }
        catch (UsageException e)
        {
            // What stands by its position has no name to begin the line with.
            bool isPositional = command.Options.Origin(MountOptions.Bucket) is null or { Layer: OptionLayer.CommandLine };
            command.Options.Fail(isPositional ? e.Message : $"{command.Options.Spelling(MountOptions.Bucket)}: {e.Message}");
            return new BucketText("", "");
        }
    }

    private static void ThrowIfSwapped(MountCommand command)
    {
        if (command.Bucket.Length == 0 || command.Bucket[0] is not ('/' or '.' or '~'))
            return;
        throw new UsageException(command.Mountpoint.Length > 0 && command.Mountpoint[0] is '/' or '.' or '~'
            ? $"'{command.Bucket}' is a directory, not a bucket; write {MountCommand.Usage}"
            : $"bucket and mountpoint are swapped; write s3mount {command.Mountpoint} {command.Bucket}");
    }

    private static long ParseMemory(string text)
    {
        long size = SizeText.Parse(text);
        return size >= LeastMemory ? size : throw new FormatException($"{text} is too little; give it at least 16MiB");
    }

    private static long ParseCacheSize(string text)
    {
        long size = SizeText.Parse(text);
        return size >= DiskCacheOptions.SmallestSize ? size : throw new FormatException($"{text} is too little; give it at least {DiskCacheOptions.SmallestSize >> 20}MiB");
    }

    private static LogLevel ParseLevel(string text) => text.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warning" or "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw new FormatException($"'{text}' is not a log level; write trace, debug, info, warning or error"),
    };
}
