using S3Mount.Benchmarks.Datasets;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Faults;

/// <summary>One row of the faults: what is read while something goes wrong.</summary>
/// <param name="Objects">Each is read whole.</param>
internal sealed record FaultScenario(string Name, string Title, FaultKind Kind, IReadOnlyList<BenchObject> Objects) : IScenario
{
    public int Threads { get; init; } = 32;

    /// <summary>More than one round tells no more.</summary>
    public bool IsMeasuredOnce { get; init; }

    public long Bytes => Objects.Sum(o => o.Size);
}
