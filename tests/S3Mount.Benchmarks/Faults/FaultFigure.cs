namespace S3Mount.Benchmarks.Faults;

/// <summary>One number of one measurement.</summary>
internal readonly record struct FaultFigure(string Name, double Value, string Unit = "");
