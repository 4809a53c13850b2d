namespace S3Mount.Telemetry;

/// <summary>Of a status: how long things took, what failed, what was waited for. Seconds; since the mount began.</summary>
internal sealed record FiguresPart
{
    /// <summary>Requests of the kernel, from the moment that they were read until they were answered, by operation.</summary>
    public required IReadOnlyDictionary<string, LatencyFigures> KernelLatency { get; init; }

    /// <summary>Requests to the store, to the last byte of the answer, by operation.</summary>
    public required IReadOnlyDictionary<string, LatencyFigures> StoreLatency { get; init; }

    /// <summary>The same to the first byte.</summary>
    public required IReadOnlyDictionary<string, LatencyFigures> StoreFirstByte { get; init; }

    /// <summary>Requests of the kernel that were answered with an errno, everyday ones (ENOENT, ENOSYS) too.</summary>
    public required IReadOnlyList<FailureCount> KernelErrors { get; init; }

    /// <summary>Tries that failed, whether or not another one followed.</summary>
    public required IReadOnlyList<FailureCount> StoreFailures { get; init; }

    /// <summary>The last errno that was not everyday.</summary>
    public FailureMoment? LastKernelError { get; init; }

    public FailureMoment? LastStoreFailure { get; init; }

    public required WaitFigures Waits { get; init; }
}
