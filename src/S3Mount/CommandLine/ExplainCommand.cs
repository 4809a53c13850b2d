namespace S3Mount.CommandLine;

/// <summary><c>s3mount explain PATH [--json]</c>.</summary>
/// <param name="Path">In a mount.</param>
internal sealed record ExplainCommand(string Path, bool Json)
{
    public const string Verb = "explain";
    public const string Usage = "s3mount explain PATH [--json]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static ExplainCommand Parse(IReadOnlyList<string> args)
    {
        var arguments = new ArgumentParser(args, [CommonOptions.Json]);
        arguments.ThrowIfUnknown();
        OptionValues options = arguments.Options();
        return arguments.Positions switch
        {
            [var path] when path.Length > 0 => new ExplainCommand(path, options.Has(CommonOptions.Json)),
            [_, var second, ..] => throw new UsageException($"unexpected argument '{second}'; write {Usage}"),
            _ => throw new UsageException($"the path is missing; write {Usage}"),
        };
    }
}
