namespace S3Mount.CommandLine;

/// <summary><c>s3mount doctor [BUCKET[/PREFIX]] [options]</c>, as it was written.</summary>
/// <param name="Bucket">Null: the machine alone is looked at.</param>
internal sealed record DoctorCommand(string? Bucket, OptionValues Options)
{
    public const string Verb = "doctor";
    public const string Usage = "s3mount doctor [BUCKET[/PREFIX]] [options]";

    public static readonly OptionDefinition Quick = new("quick", null, "measure neither the throughput nor the disk") { ShortName = 'q', InFstab = false };

    /// <summary>Its own, besides those of the store.</summary>
    public static readonly OptionDefinition[] Own = [MountOptions.Cache, Quick, CommonOptions.Json];

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static DoctorCommand Parse(IReadOnlyList<string> args)
    {
        var arguments = new ArgumentParser(args, [.. MountOptions.Store, .. Own]);
        arguments.ThrowIfUnknown();
        OptionValues options = arguments.Options();
        string? ofStore = MountOptions.Store.FirstOrDefault(options.Has)?.LongName;
        return arguments.Positions switch
        {
            [] when ofStore is not null => throw new UsageException($"{ofStore} is of a store, and the bucket is missing; write {Usage}"),
            [] => new DoctorCommand(null, options),
            [var bucket] => new DoctorCommand(bucket, options),
            [_, var second, ..] => throw new UsageException($"unexpected argument '{second}'; write {Usage}"),
        };
    }
}
