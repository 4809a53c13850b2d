namespace S3Mount.CommandLine;

/// <summary>What was written on the command line of a mount, not yet validated.</summary>
internal sealed record MountCommand(string Bucket, string Mountpoint, OptionValues Options)
{
    public const string Usage = "s3mount BUCKET[/PREFIX] MOUNTPOINT [options]";

    /// <summary>Words that name a command, here or in other mounting programs, and so are not taken for a bucket.</summary>
    private static readonly HashSet<string> _reserved = new(StringComparer.Ordinal)
    {
        "status", "explain", "warm", "cache", "doctor", "snapshot", "refresh", "mount", "unmount", "help", "version",
    };

    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static MountCommand Parse(IReadOnlyList<string> args)
    {
        var arguments = new ArgumentParser(args, MountOptions.All);
        string[] given = arguments.Positions;
        ThrowIfReserved(given);
        arguments.ThrowIfUnknown();
        OptionValues values = arguments.Options();
        (string bucket, string mountpoint) = Positions(given);
        return new MountCommand(bucket, mountpoint, values);
    }

    private static void ThrowIfReserved(string[] given)
    {
        if (given.Length == 0 || !_reserved.Contains(given[0]))
            return;
        string hint = given[0] == "unmount" ? "write s3mount umount MOUNTPOINT" : "see s3mount --help";
        throw new UsageException($"unknown command '{given[0]}'; {hint} (a bucket of that name is mounted as s3://{given[0]}/)");
    }

    private static (string Bucket, string Mountpoint) Positions(string[] given) => given switch
    {
        [] => throw new UsageException($"bucket and mountpoint are missing; write {Usage}"),
        [var only] => throw new UsageException(
            LooksLikeDirectory(only) ? $"the bucket is missing; write s3mount BUCKET[/PREFIX] {only}" : $"the mountpoint is missing; write s3mount {only} MOUNTPOINT"),
        [var bucket, var mountpoint] => (bucket, mountpoint),
        _ => throw new UsageException($"unexpected argument '{given[2]}'; write {Usage}"),
    };

    private static bool LooksLikeDirectory(string text) => text.Length > 0 && text[0] is '/' or '.' or '~';
}
