namespace S3Mount.Benchmarks.Results;

/// <summary>What the passes are called in tables and pictures.</summary>
internal static class PassNames
{
    public static string Text(this Pass pass) => pass == Pass.Cold ? "cold" : "warm";
}
