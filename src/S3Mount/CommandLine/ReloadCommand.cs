namespace S3Mount.CommandLine;

/// <summary><c>s3mount reload [MOUNTPOINT]</c>.</summary>
/// <param name="Path">Null: all mounts with datasets.</param>
internal sealed record ReloadCommand(string? Path)
{
    public const string Verb = "reload";
    public const string Usage = "s3mount reload [MOUNTPOINT]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static ReloadCommand Parse(IReadOnlyList<string> args)
    {
        if (args.FirstOrDefault(arg => arg.Length > 1 && arg[0] == '-') is { } option)
            throw new UsageException($"unknown option '{option}'; write {Usage}");
        if (args.Count > 1)
            throw new UsageException($"unexpected argument '{args[1]}'; write {Usage}");
        return new ReloadCommand(args is [{ Length: > 0 } path] ? path : args.Count == 0 ? null : throw new UsageException($"the mountpoint is missing; write {Usage}"));
    }
}
