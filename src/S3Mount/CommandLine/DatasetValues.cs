namespace S3Mount.CommandLine;

/// <summary>One of the datasets that a file names, as it was written.</summary>
/// <param name="Place">Where, such as <c>datasets.yaml:3</c>.</param>
/// <param name="Values">What holds for it alone; the bucket is among them.</param>
internal sealed record DatasetValues(string Name, string Place, OptionValues Values);
