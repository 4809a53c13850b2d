namespace S3Mount.Benchmarks.Results;

internal enum Pass
{
    /// <summary>On a fresh mount; names and sizes are known, no byte is.</summary>
    Cold,

    /// <summary>The same once more on the same mount.</summary>
    Warm,
}
