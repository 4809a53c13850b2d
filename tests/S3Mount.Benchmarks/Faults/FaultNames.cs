namespace S3Mount.Benchmarks.Faults;

/// <summary>What figures are called that are compared with a floor.</summary>
internal static class FaultNames
{
    public const string SlowestThousandth = "p99.9";
    public const string Errors = "errors at readers";
    public const string After = "after, of before";
    public const string Peak = "peak memory";
    public const string Stop = "from SIGTERM to the end";
}
