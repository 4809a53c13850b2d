using System.CommandLine;
using System.CommandLine.Parsing;

namespace S3Mount.CommandLine;

/// <summary>Takes the arguments of a command apart: what stands by its position, and options with their values.</summary>
internal sealed class ArgumentParser
{
    private readonly Dictionary<Option, OptionDefinition> _symbols = [];
    private readonly ParseResult _result;

    /// <param name="definitions">The options that the command has.</param>
    public ArgumentParser(IReadOnlyList<string> args, IEnumerable<OptionDefinition> definitions)
    {
        var positions = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("s3mount") { positions };
        foreach (OptionDefinition definition in definitions)
        {
            Option symbol = Symbol(definition);
            command.Options.Add(symbol);
            _symbols.Add(symbol, definition);
        }
        // Response files are off: a bucket or a value that begins with @ is not a file name.
        _result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        Positions = _result.GetValue(positions) ?? [];
    }

    /// <summary>What is neither an option nor its value.</summary>
    public string[] Positions { get; }

    /// <exception cref="UsageException">Something that stands by its position looks like an option.</exception>
    public void ThrowIfUnknown()
    {
        // No bucket begins with a dash, and such a directory or file can be written as ./-name.
        string? unknown = Positions.FirstOrDefault(text => text.Length > 1 && text[0] == '-');
        if (unknown is not null)
            throw new UsageException($"unknown option '{unknown}'; see s3mount --help");
    }

    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public OptionValues Options()
    {
        var values = new OptionValues();
        var written = _result.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit).ToList();
        foreach (OptionResult option in written)
        {
            OptionDefinition definition = _symbols[option.Option];
            // The parser takes what follows as the value, also when it is the next option.
            if (!definition.IsFlag && (option.Tokens.Count < option.IdentifierTokenCount || option.Tokens.Any(token => IsOption(token.Value))))
                throw new UsageException($"{definition.LongName} needs a value: {definition.LongName} {definition.ValueName}");
        }
        // First what fstab says, so that the command line proper wins.
        foreach (OptionResult option in written.Where(option => _symbols[option.Option] == MountOptions.Fstab))
        {
            foreach (Token list in option.Tokens)
                FstabOptions.Apply(list.Value, values);
        }
        foreach (OptionResult option in written.Where(option => _symbols[option.Option] != MountOptions.Fstab))
        {
            OptionDefinition definition = _symbols[option.Option];
            values.Set(definition, definition.IsFlag ? "" : option.Tokens[^1].Value, definition.LongName);
        }
        if (_result.Errors.Count > 0)
            throw new UsageException($"{_result.Errors[0].Message}; see s3mount --help");
        return values;
    }

    private static Option Symbol(OptionDefinition definition)
    {
        string[] aliases = definition.ShortName is char letter ? ["-" + letter] : [];
        return definition.IsFlag
            ? new Option<bool>(definition.LongName, aliases) { Arity = ArgumentArity.Zero }
            // An array, so that a wrapper's default can be overridden by giving the option again.
            : new Option<string[]>(definition.LongName, aliases) { Arity = ArgumentArity.OneOrMore };
    }

    private bool IsOption(string text) =>
        text.StartsWith("--", StringComparison.Ordinal) && _symbols.Values.Any(option => option.LongName == text);
}
