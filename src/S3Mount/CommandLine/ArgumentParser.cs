using System.CommandLine;
using System.CommandLine.Parsing;

namespace S3Mount.CommandLine;

/// <summary>Takes the arguments of a command apart: what stands by its position, and options with their values.</summary>
internal sealed class ArgumentParser
{
    private readonly Dictionary<Option, OptionDefinition> _symbols = [];
    private readonly HashSet<OptionDefinition> _off = [];
    private readonly ParseResult _result;

    /// <param name="definitions">The options that the command has.</param>
    /// <exception cref="UsageException">A flag has a value that is neither true nor false.</exception>
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
        _result = command.Parse(WithoutFlagValues(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        Positions = _result.GetValue(positions) ?? [];
    }

    /// <summary>What is neither an option nor its value.</summary>
    public string[] Positions { get; }

    /// <exception cref="UsageException">Something that stands by its position looks like an option.</exception>
    public void ThrowIfUnknown()
    {
        // No bucket begins with a dash, and such a directory or file can be written as ./-name.
        string? unknown = Positions.FirstOrDefault(text => text.Length > 1 && text[0] == '-');
        if (unknown is null)
            return;
        string name = unknown.Split('=')[0];
        string? near = Suggestion.For(name.TrimStart('-'), _symbols.Values.Select(option => option.Name));
        throw new UsageException(near is null || name == "--" + near ? $"unknown option '{unknown}'; see s3mount --help" : $"unknown option '{name}'; did you mean --{near}?");
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
            values.Set(definition, definition.IsFlag ? FlagText.On : option.Tokens[^1].Value, OptionOrigin.CommandLine(definition));
        }
        foreach (OptionDefinition definition in _off)
            values.Set(definition, FlagText.Off, OptionOrigin.CommandLine(definition));
        if (_result.Errors.Count > 0)
            throw new UsageException($"{_result.Errors[0].Message}; see s3mount --help");
        return values;
    }

    /// <summary>
    /// <c>--flag=false</c> keeps off what a lower layer has turned on. It is taken out here, because the parser would take the next
    /// argument for the value of a plain <c>--flag</c> if that is called true. Of several the last one counts.
    /// </summary>
    private List<string> WithoutFlagValues(IReadOnlyList<string> args)
    {
        var rest = new List<string>(args.Count);
        foreach (string arg in args)
        {
            OptionDefinition? flag = rest.Contains("--") ? null : _symbols.Values.FirstOrDefault(option => option.IsFlag && IsWritten(option, arg));
            int equals = arg.IndexOf('=', StringComparison.Ordinal);
            if (flag is null)
                rest.Add(arg);
            else if (equals < 0 || IsOn(flag, arg[(equals + 1)..]))
            {
                _off.Remove(flag);
                rest.Add(flag.LongName);
            }
            else
            {
                _off.Add(flag);
            }
        }
        return rest;

        static bool IsWritten(OptionDefinition flag, string arg) =>
            arg == flag.LongName || (flag.ShortName is char letter && arg == "-" + letter) || arg.StartsWith(flag.LongName + "=", StringComparison.Ordinal);

        static bool IsOn(OptionDefinition flag, string text)
        {
            try
            {
                return FlagText.Parse(text);
            }
            catch (FormatException e)
            {
                throw new UsageException($"{flag.LongName}: {e.Message}");
            }
        }
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
