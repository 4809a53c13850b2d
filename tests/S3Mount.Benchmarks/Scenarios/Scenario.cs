using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Scenarios;

/// <summary>One row of the bench: what is in the store, which of it is read, and by whom.</summary>
internal sealed record Scenario(string Name, string Title, WorkloadKind Kind, IReadOnlyList<BenchObject> Objects) : IScenario
{
    /// <summary>What is read, in order: every object whole, unless it says otherwise.</summary>
    public IReadOnlyList<ReadRange> Reads { get; init; } = [.. Objects.Select(o => o.Whole)];

    public int Threads { get; init; } = 1;

    public int ReadSize { get; init; } = 1 << 20;

    public bool Decodes { get; init; }

    /// <summary>There is a second pass, and the same files on tmpfs.</summary>
    public bool HasWarmPass { get; init; } = true;

    /// <summary>Readahead decides how many connections are used: the bare client gets as many as s3mount used.</summary>
    public bool IsReadAhead { get; init; }

    /// <summary>The bare client is also tried with more connections than there are readers.</summary>
    public bool HasBareBest { get; init; } = true;

    /// <summary>Not a comparison but a property of s3mount.</summary>
    public bool IsForProductOnly { get; init; }

    /// <summary>Options for s3mount besides those of all mounts.</summary>
    public string[] MountOptions { get; init; } = [];

    /// <summary>The directory that everything is in, with a slash at its end.</summary>
    public string Prefix => Objects[0].Key[..(Objects[0].Key.IndexOf('/', StringComparison.Ordinal) + 1)];

    public long Files => Reads.Count;

    public long Bytes => Reads.Sum(read => read.Length);
}
