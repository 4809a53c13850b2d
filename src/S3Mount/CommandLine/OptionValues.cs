namespace S3Mount.CommandLine;

/// <summary>The options as they were written: text, and where it stood, for the error line. The last one given wins.</summary>
internal sealed class OptionValues
{
    private readonly Dictionary<OptionDefinition, (string Text, string Spelling)> _values = [];

    public void Set(OptionDefinition option, string text, string spelling) => _values[option] = (text, spelling);

    public bool Has(OptionDefinition option) => _values.ContainsKey(option);

    public string? Text(OptionDefinition option) => _values.TryGetValue(option, out (string Text, string Spelling) value) ? value.Text : null;

    /// <summary>The value read by <paramref name="read"/>, or <paramref name="absent"/> when the option was not given.</summary>
    /// <param name="read">Throws <see cref="FormatException"/> with what is wrong and how to write it.</param>
    public T Read<T>(OptionDefinition option, Func<string, T> read, T absent)
    {
        if (!_values.TryGetValue(option, out (string Text, string Spelling) value))
            return absent;
        try
        {
            return read(value.Text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"{value.Spelling}: {e.Message}");
        }
    }

    /// <summary>How the option was written, such as <c>--memory</c> or <c>-o memory</c>.</summary>
    public string Spelling(OptionDefinition option) => _values.TryGetValue(option, out (string Text, string Spelling) value) ? value.Spelling : option.LongName;
}
