namespace S3Mount.CommandLine;

/// <summary>What was written for a mount, on its command line and in the layers below, not yet validated.</summary>
internal sealed record MountCommand(string Bucket, string Mountpoint, OptionValues Options)
{
    public const string Usage = "s3mount BUCKET[/PREFIX] MOUNTPOINT [options]";
    public const string ConfigUsage = "s3mount --config FILE [MOUNTPOINT] [options]";

    /// <summary>Words that name a command, here or in other mounting programs, and so are not taken for a bucket.</summary>
    private static readonly HashSet<string> _reserved = new(StringComparer.Ordinal)
    {
        "status", "explain", "warm", "cache", "config", "doctor", "snapshot", "refresh", "reload", "mount", "unmount", "help", "version",
    };

    /// <param name="addLower">Adds what the layers below the command line say to what it says; null: there are none.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static MountCommand Parse(IReadOnlyList<string> args, Action<OptionValues>? addLower = null)
    {
        OptionValues values = ParseValues(args, MountOptions.All, addLower);
        string? bucket = values.Text(MountOptions.Bucket), mountpoint = values.Text(MountOptions.Mountpoint);
        string? file = values.Text(MountOptions.Config);
        if (values.Datasets.Count > 0)
        {
            ThrowIfNotOfDatasets(values);
            bucket = "";
        }
        if (file is not null && bucket is null)
            throw new UsageException($"the bucket is missing; write bucket: BUCKET[/PREFIX] into {file}, or {MountOptions.Datasets}: and below it a line NAME: BUCKET[/PREFIX] for each");
        if (file is not null && mountpoint is null)
            throw new UsageException($"the mountpoint is missing; write mountpoint: DIR into {file}, or {ConfigUsage}");
        return (bucket, mountpoint) switch
        {
            (null, null) => throw new UsageException($"bucket and mountpoint are missing; write {Usage}"),
            (null, _) => throw new UsageException($"the bucket is missing; write s3mount BUCKET[/PREFIX] {mountpoint}"),
            (_, null) => throw new UsageException($"the mountpoint is missing; write s3mount {bucket} MOUNTPOINT"),
            _ => new MountCommand(bucket, mountpoint, values),
        };
    }

    /// <summary>The same where bucket or mountpoint may be missing; both are among the values.</summary>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static OptionValues ParseValues(IReadOnlyList<string> args, IEnumerable<OptionDefinition> definitions, Action<OptionValues>? addLower)
    {
        var arguments = new ArgumentParser(args, definitions);
        string[] given = arguments.Positions;
        ThrowIfReserved(given);
        arguments.ThrowIfUnknown();
        OptionValues values = arguments.Options();
        if (given.Length > 2)
            throw new UsageException($"unexpected argument '{given[2]}'; write {Usage}");
        if (given.Length == 2)
        {
            values.Set(MountOptions.Bucket, given[0], OptionOrigin.CommandLine(MountOptions.Bucket));
            values.Set(MountOptions.Mountpoint, given[1], OptionOrigin.CommandLine(MountOptions.Mountpoint));
        }
        addLower?.Invoke(values);
        if (given.Length == 1 && OnlyOne(given[0], values) is var option)
            values.Set(option, given[0], OptionOrigin.CommandLine(option));
        return values;
    }

    /// <summary>What is said of a bucket is said of one.</summary>
    /// <exception cref="UsageException">Something is said of the bucket of a mount that has several.</exception>
    public static void ThrowIfNotOfDatasets(OptionValues values)
    {
        foreach (OptionDefinition option in (OptionDefinition[])[MountOptions.Bucket, MountOptions.Prefix, MountOptions.Snapshot])
        {
            if (values.Origin(option) is { } origin)
                values.Fail($"{origin.Spelling}: this mount shows several datasets; leave it out, or write it below the dataset that it is meant for");
        }
    }

    private static void ThrowIfReserved(string[] given)
    {
        if (given.Length == 0 || !_reserved.Contains(given[0]))
            return;
        string hint = given[0] == "unmount" ? "write s3mount umount MOUNTPOINT" : "see s3mount --help";
        throw new UsageException($"unknown command '{given[0]}'; {hint} (a bucket of that name is mounted as s3://{given[0]}/)");
    }

    /// <summary>What a single argument is: what it looks like, else what the layers below have not said.</summary>
    private static OptionDefinition OnlyOne(string text, OptionValues lower)
    {
        if (text.Length > 0 && text[0] is '/' or '.' or '~')
            return MountOptions.Mountpoint;
        if (lower.Datasets.Count > 0 && !lower.Has(MountOptions.Mountpoint))
            return MountOptions.Mountpoint;
        if (text.StartsWith(BucketText.Scheme, StringComparison.OrdinalIgnoreCase) || !lower.Has(MountOptions.Bucket))
            return MountOptions.Bucket;
        if (!lower.Has(MountOptions.Mountpoint))
            return MountOptions.Mountpoint;
        string places = $"{lower.Origin(MountOptions.Bucket)!.Place}, {lower.Origin(MountOptions.Mountpoint)!.Place}";
        throw new UsageException($"is '{text}' the bucket or the mountpoint? Both are given already ({places}); write ./{text} or s3://{text}");
    }
}
