namespace S3Mount.CommandLine;

/// <summary><c>s3mount cache stats|verify|clear DIR</c>.</summary>
internal sealed record CacheCommand(CacheAction Action, string Directory)
{
    public const string Verb = "cache";
    public const string Usage = "s3mount cache stats|verify|clear DIR";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static CacheCommand Parse(IReadOnlyList<string> args)
    {
        CacheAction action = (args.Count > 0 ? args[0] : null) switch
        {
            "stats" => CacheAction.Stats,
            "verify" => CacheAction.Verify,
            "clear" => CacheAction.Clear,
            null => throw new UsageException($"what of the cache? Write {Usage}"),
            var other => throw new UsageException($"unknown command 'cache {other}'; write {Usage} (a bucket of that name is mounted as s3://cache/)"),
        };
        return args.Skip(1).ToArray() switch
        {
            [] or [""] => throw new UsageException($"the directory is missing; write {Usage}"),
            [['-', _, ..] option, ..] => throw new UsageException($"unknown option '{option}'; write {Usage}"),
            [var directory] => new CacheCommand(action, directory),
            [_, var second, ..] => throw new UsageException($"unexpected argument '{second}'; write {Usage}"),
        };
    }
}
