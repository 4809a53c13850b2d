namespace S3Mount.Benchmarks;

/// <summary>A contender could not do what it was to do; the row says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
