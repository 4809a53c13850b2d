namespace S3Mount.CommandLine;

/// <summary>The options as they were written: text, and where it stood, for the error line. The last one set wins.</summary>
internal sealed class OptionValues
{
    private readonly Dictionary<OptionDefinition, (string Text, OptionOrigin Origin)> _values = [];

    /// <summary>Where what is wrong is gathered, so that all of it can be told at once; null: the first of it is thrown.</summary>
    public List<string>? Problems { get; init; }

    /// <summary>Of a mount that shows several; only a file can name them.</summary>
    public IReadOnlyList<DatasetValues> Datasets { get; set; } = [];

    /// <param name="text">Of a flag one of <see cref="FlagText"/>.</param>
    /// <exception cref="UsageException">A flag that is neither.</exception>
    public void Set(OptionDefinition option, string text, OptionOrigin origin)
    {
        if (!option.IsFlag)
        {
            _values[option] = (text, origin);
            return;
        }
        try
        {
            _values[option] = (FlagText.Parse(text) ? FlagText.On : FlagText.Off, origin);
        }
        catch (FormatException e)
        {
            Fail($"{origin.Spelling}: {e.Message}");
        }
    }

    /// <summary>Takes from a lower layer what has not been set here.</summary>
    public void AddBelow(OptionValues lower)
    {
        foreach ((OptionDefinition option, (string, OptionOrigin) value) in lower._values)
            _values.TryAdd(option, value);
        if (Datasets.Count == 0)
            Datasets = lower.Datasets;
    }

    /// <summary>Takes of another layer what has not been set here, but for some.</summary>
    public void AddBelow(OptionValues lower, IEnumerable<OptionDefinition> without)
    {
        foreach ((OptionDefinition option, (string, OptionOrigin) value) in lower._values.ExceptBy(without, value => value.Key))
            _values.TryAdd(option, value);
    }

    /// <summary>The same with another file below: what the last one said is said no more.</summary>
    public OptionValues WithFile(OptionValues file)
    {
        var anew = new OptionValues();
        foreach ((OptionDefinition option, (string, OptionOrigin Origin) value) in _values.Where(value => value.Value.Origin.Layer != OptionLayer.File))
            anew._values.Add(option, value);
        anew.AddBelow(file);
        return anew;
    }

    /// <summary>Files and directories that are relative to the working directory are from now on what they are today.</summary>
    public void FixPaths()
    {
        foreach ((OptionDefinition option, (string Text, OptionOrigin Origin) value) in _values.Where(value => value.Key.IsPath && value.Value.Text.Length > 0).ToArray())
            _values[option] = (Path.GetFullPath(value.Text), value.Origin);
    }

    /// <summary>Whether the option was given, and of a flag that it is on.</summary>
    public bool Has(OptionDefinition option) => _values.TryGetValue(option, out (string Text, OptionOrigin) value) && !(option.IsFlag && value.Text == FlagText.Off);

    public string? Text(OptionDefinition option) => _values.TryGetValue(option, out (string Text, OptionOrigin) value) ? value.Text : null;

    /// <summary>Where it was written; null: nowhere.</summary>
    public OptionOrigin? Origin(OptionDefinition option) => _values.TryGetValue(option, out (string, OptionOrigin Origin) value) ? value.Origin : null;

    /// <summary>The value read by <paramref name="read"/>, or <paramref name="absent"/> when the option was not given.</summary>
    /// <param name="read">Throws <see cref="FormatException"/> with what is wrong and how to write it.</param>
    public T Read<T>(OptionDefinition option, Func<string, T> read, T absent)
    {
        if (!_values.TryGetValue(option, out (string Text, OptionOrigin Origin) value))
            return absent;
        try
        {
            return read(value.Text);
        }
        catch (FormatException e)
        {
            Fail($"{value.Origin.Spelling}: {e.Message}");
            return absent;
        }
    }

    /// <summary>What is given says something that cannot be.</summary>
    /// <exception cref="UsageException">Unless it is gathered (<see cref="Problems"/>).</exception>
    public void Fail(string problem)
    {
        if (Problems is null)
            throw new UsageException(problem);
        Problems.Add(UsageException.OneLine(problem));
    }

    /// <summary>How the option was written, such as <c>--memory</c> or <c>-o memory</c>.</summary>
    public string Spelling(OptionDefinition option) => Origin(option)?.Spelling ?? option.LongName;

    /// <summary>How <paramref name="missing"/> is written where <paramref name="given"/> stands.</summary>
    public string Example(OptionDefinition missing, OptionDefinition given) => (Origin(given) ?? OptionOrigin.CommandLine(given)).Example(missing);
}
