namespace S3Mount.Control;

/// <summary>What came of reading the configuration again. Names are those of datasets.</summary>
internal sealed record ReloadReport
{
    public required IReadOnlyList<string> Added { get; init; }

    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>Gone, and come again as something else.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>How many go on as they were.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Why some could not be shown: those of them that were there are there as they were.</summary>
    public required IReadOnlyDictionary<string, string> Failed { get; init; }

    /// <summary>Options of the whole mount that are others now: they count from the next start on.</summary>
    public IReadOnlyList<string> AtNextStart { get; init; } = [];
}
