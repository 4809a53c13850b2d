using System.Globalization;

namespace S3Mount.Testing.Commands;

/// <summary>Options (<c>--name value</c>, or <c>--name</c> alone) and what else stands on a command line.</summary>
internal sealed class CommandArguments
{
    private readonly List<(string Name, string Value)> _options = [];
    private readonly List<string> _positionals = [];

    /// <param name="switches">Options that take no value.</param>
    public CommandArguments(ReadOnlySpan<string> arguments, string[] options, string[] switches)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                _positionals.Add(argument);
            else if (switches.Contains(argument))
                _options.Add((argument, ""));
            else if (!options.Contains(argument))
                throw new UsageException($"There is no option {argument}.");
            else if (++i == arguments.Length)
                throw new UsageException($"{argument} wants a value.");
            else
                _options.Add((argument, arguments[i]));
        }
    }

    public IReadOnlyList<string> Positionals => _positionals;

    public bool Has(string name) => _options.Any(option => option.Name == name);

    public string? Text(string name) => _options.LastOrDefault(option => option.Name == name).Value;

    public IEnumerable<string> All(string name) => _options.Where(option => option.Name == name).Select(option => option.Value);

    public double Number(string name, double defaultValue) => Text(name) is { } text ? ParseNumber(text) : defaultValue;

    public static int ParseCount(string text) => (int)ParseNumber(text);

    public static double ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : throw new UsageException($"'{text}' is not a number.");

    /// <summary>Bytes, also as <c>64KiB</c>, <c>8MiB</c>, <c>1GiB</c>.</summary>
    public static long ParseSize(string text)
    {
        foreach ((string suffix, int shift) in (ReadOnlySpan<(string, int)>)[("KiB", 10), ("MiB", 20), ("GiB", 30)])
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
                return (long)(ParseNumber(text[..^suffix.Length]) * (1L << shift));
        }
        return (long)ParseNumber(text);
    }
}
