namespace S3Mount.CommandLine;

/// <summary><c>s3mount warm [PATH] [--from-list FILE] [--check]</c>.</summary>
/// <param name="Path">In a mount; null: the paths of the list tell which.</param>
/// <param name="List">A file with a path in each line; <c>-</c> is the standard input; null: <paramref name="Path"/> itself is meant.</param>
internal sealed record WarmCommand(string? Path, string? List, bool Check)
{
    public const string Verb = "warm";
    public const string Usage = "s3mount warm PATH [--from-list FILE] [--check]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static WarmCommand Parse(IReadOnlyList<string> args)
    {
        bool check = false;
        string? path = null, list = null;
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] is "--check")
                check = true;
            else if (args[i] is "--from-list")
                list = i + 1 < args.Count ? args[++i] : throw new UsageException("--from-list needs a value: --from-list FILE");
            else if (args[i].StartsWith("--from-list=", StringComparison.Ordinal))
                list = args[i]["--from-list=".Length..];
            else if (args[i].Length > 1 && args[i][0] == '-')
                throw new UsageException($"unknown option '{args[i]}'; write {Usage}");
            else if (path is null && args[i].Length > 0)
                path = args[i];
            else
                throw new UsageException($"unexpected argument '{args[i]}'; write {Usage}");
        }
        if (path is null && list is null)
            throw new UsageException($"the path is missing; write {Usage}");
        return new WarmCommand(path, list, check);
    }
}
