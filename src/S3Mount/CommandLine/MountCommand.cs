using System.CommandLine;
using System.CommandLine.Parsing;

namespace S3Mount.CommandLine;

/// <summary>What was written on the command line of a mount, not yet validated.</summary>
internal sealed record MountCommand(string Bucket, string Mountpoint, OptionValues Options)
{
    public const string Usage = "s3mount BUCKET[/PREFIX] MOUNTPOINT [options]";

    /// <summary>Words that name a command, here or in other mounting programs, and so are not taken for a bucket.</summary>
    private static readonly HashSet<string> _reserved = new(StringComparer.Ordinal)
    {
        "status", "warm", "cache", "doctor", "snapshot", "refresh", "mount", "unmount", "help", "version",
    };

    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static MountCommand Parse(IReadOnlyList<string> args)
    {
        var positions = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("s3mount") { positions };
        var symbols = new Dictionary<Option, OptionDefinition>();
        foreach (OptionDefinition definition in MountOptions.All)
        {
            Option symbol = Symbol(definition);
            command.Options.Add(symbol);
            symbols.Add(symbol, definition);
        }
        // Response files are off: a bucket or a value that begins with @ is not a file name.
        ParseResult result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

        string[] given = result.GetValue(positions) ?? [];
        ThrowIfReserved(given);
        ThrowIfUnknown(given);
        OptionValues values = Values(result, symbols);
        (string bucket, string mountpoint) = Positions(given);
        return new MountCommand(bucket, mountpoint, values);
    }

    private static Option Symbol(OptionDefinition definition)
    {
        string[] aliases = definition.ShortName is char letter ? ["-" + letter] : [];
        return definition.IsFlag
            ? new Option<bool>(definition.LongName, aliases) { Arity = ArgumentArity.Zero }
            // An array, so that a wrapper's default can be overridden by giving the option again.
            : new Option<string[]>(definition.LongName, aliases) { Arity = ArgumentArity.OneOrMore };
    }

    private static OptionValues Values(ParseResult result, Dictionary<Option, OptionDefinition> symbols)
    {
        var values = new OptionValues();
        var written = result.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit).ToList();
        foreach (OptionResult option in written)
        {
            OptionDefinition definition = symbols[option.Option];
            // The parser takes what follows as the value, also when it is the next option.
            if (!definition.IsFlag && (option.Tokens.Count < option.IdentifierTokenCount || option.Tokens.Any(token => IsOption(token.Value))))
                throw new UsageException($"{definition.LongName} needs a value: {definition.LongName} {definition.ValueName}");
        }
        // First what fstab says, so that the command line proper wins.
        foreach (OptionResult option in written.Where(option => symbols[option.Option] == MountOptions.Fstab))
        {
            foreach (Token list in option.Tokens)
                FstabOptions.Apply(list.Value, values);
        }
        foreach (OptionResult option in written.Where(option => symbols[option.Option] != MountOptions.Fstab))
        {
            OptionDefinition definition = symbols[option.Option];
            values.Set(definition, definition.IsFlag ? "" : option.Tokens[^1].Value, definition.LongName);
        }
        if (result.Errors.Count > 0)
            throw new UsageException($"{result.Errors[0].Message}; see s3mount --help");
        return values;
    }

    private static bool IsOption(string text) =>
        text.StartsWith("--", StringComparison.Ordinal) && MountOptions.All.Any(option => option.LongName == text);

    private static void ThrowIfReserved(string[] given)
    {
        if (given.Length == 0 || !_reserved.Contains(given[0]))
            return;
        string hint = given[0] == "unmount" ? "write s3mount umount MOUNTPOINT" : "see s3mount --help";
        throw new UsageException($"unknown command '{given[0]}'; {hint} (a bucket of that name is mounted as s3://{given[0]}/)");
    }

    private static void ThrowIfUnknown(string[] given)
    {
        // No bucket begins with a dash, and such a directory can be written as ./-name.
        string? unknown = given.FirstOrDefault(text => text.Length > 1 && text[0] == '-');
        if (unknown is not null)
            throw new UsageException($"unknown option '{unknown}'; see s3mount --help");
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
