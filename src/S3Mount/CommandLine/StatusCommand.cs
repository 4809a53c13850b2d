namespace S3Mount.CommandLine;

/// <summary><c>s3mount status [MOUNTPOINT] [--json]</c>.</summary>
/// <param name="Path">A mountpoint, or anything below it; null: every mount.</param>
internal sealed record StatusCommand(string? Path, bool Json)
{
    public const string Verb = "status";
    public const string Usage = "s3mount status [MOUNTPOINT] [--json]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static StatusCommand Parse(IReadOnlyList<string> args)
    {
        bool json = false;
        string? path = null;
        foreach (string arg in args)
        {
            if (arg is "--json")
                json = true;
            else if (arg.Length > 1 && arg[0] == '-')
                throw new UsageException($"unknown option '{arg}'; write {Usage}");
            else if (path is null && arg.Length > 0)
                path = arg;
            else
                throw new UsageException($"unexpected argument '{arg}'; write {Usage}");
        }
        return new StatusCommand(path, json);
    }
}
