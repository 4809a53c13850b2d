using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>One row of the epochs: what is read and how, and by whom.</summary>
/// <param name="Objects">What is read, each whole; none for <see cref="EpochKind.Entries"/>.</param>
/// <param name="Contenders">In the order in which they are measured; s3mount first, since the bare client gets as many connections as it used.</param>
internal sealed record EpochScenario(string Name, string Title, EpochKind Kind, IReadOnlyList<BenchObject> Objects, Contender[] Contenders) : IScenario
{
    public bool Decodes { get; init; }

    /// <summary>Workers of the loader, or threads.</summary>
    public int Threads { get; init; } = 4;

    /// <summary>Of an <see cref="EpochKind.Entries"/>.</summary>
    public int Entries { get; init; }

    /// <summary>More than one round tells no more.</summary>
    public bool IsMeasuredOnce { get; init; }

    /// <summary>The row of the next sample, where one measurement gives two.</summary>
    public EpochScenario? Then { get; init; }

    /// <summary>The scenario in which contenders other than s3mount do the very same, if it is measured too.</summary>
    public string SameAs { get; init; } = "";

    /// <summary>It needs torchvision.</summary>
    public bool UsesLoader => Kind is EpochKind.Hydrate or EpochKind.Hints or EpochKind.Second or EpochKind.Half;

    public bool UsesImages => UsesLoader || Kind == EpochKind.Warm;

    public WorkloadKind Reader => UsesLoader ? WorkloadKind.Loader : WorkloadKind.Files;

    /// <summary>The directory that everything is in, with a slash at its end.</summary>
    public string Prefix => Objects.Count == 0 ? "" : Objects[0].Key[..(Objects[0].Key.IndexOf('/', StringComparison.Ordinal) + 1)];

    public long Bytes { get; } = Objects.Sum(o => o.Size);
}
