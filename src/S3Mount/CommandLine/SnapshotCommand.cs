namespace S3Mount.CommandLine;

/// <summary><c>s3mount snapshot create|show|verify</c>, as it was written.</summary>
/// <param name="Bucket">Of create; of the others null.</param>
/// <param name="Options">Where the store is; of show empty.</param>
internal sealed record SnapshotCommand(SnapshotAction Action, string? Bucket, string File, OptionValues Options)
{
    public const string Verb = "snapshot";
    public const string CreateUsage = "s3mount snapshot create BUCKET[/PREFIX] FILE [options]";
    public const string ShowUsage = "s3mount snapshot show FILE";
    public const string VerifyUsage = "s3mount snapshot verify FILE [--quiet] [options]";

    /// <summary>Of verify: nothing is printed, the exit code tells.</summary>
    public static readonly OptionDefinition Quiet = new("quiet", null, "print nothing; the exit code tells") { ShortName = 'q', InFstab = false };

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static SnapshotCommand Parse(IReadOnlyList<string> args)
    {
        IReadOnlyList<string> rest = [.. args.Skip(1)];
        return (args.Count > 0 ? args[0] : null) switch
        {
            "create" => ParseCreate(new ArgumentParser(rest, MountOptions.Store)),
            "show" => ParseOne(SnapshotAction.Show, new ArgumentParser(rest, []), ShowUsage),
            // The prefix is that of the file.
            "verify" => ParseOne(SnapshotAction.Verify, new ArgumentParser(rest, [.. MountOptions.Store.Except([MountOptions.Prefix]), Quiet]), VerifyUsage),
            null => throw new UsageException("snapshot of what? Write s3mount snapshot create, show or verify; see s3mount --help"),
            var other => throw new UsageException($"unknown command 'snapshot {other}'; write s3mount snapshot create, show or verify (a bucket of that name is mounted as s3://snapshot/)"),
        };
    }

    private static SnapshotCommand ParseCreate(ArgumentParser arguments)
    {
        arguments.ThrowIfUnknown();
        OptionValues options = arguments.Options();
        return arguments.Positions switch
        {
            [var bucket, var file] when file.Length > 0 => new SnapshotCommand(SnapshotAction.Create, bucket, file, options),
            [_, _, var third, ..] => throw new UsageException($"unexpected argument '{third}'; write {CreateUsage}"),
            _ => throw new UsageException($"bucket or file is missing; write {CreateUsage}"),
        };
    }

    private static SnapshotCommand ParseOne(SnapshotAction action, ArgumentParser arguments, string usage)
    {
        arguments.ThrowIfUnknown();
        OptionValues options = arguments.Options();
        return arguments.Positions switch
        {
            [var file] when file.Length > 0 => new SnapshotCommand(action, null, file, options),
            [_, var second, ..] => throw new UsageException($"unexpected argument '{second}'; write {usage}"),
            _ => throw new UsageException($"the file is missing; write {usage}"),
        };
    }
}
