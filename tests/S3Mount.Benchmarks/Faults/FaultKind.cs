namespace S3Mount.Benchmarks.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>Some answers stand still, with and without; whole files, each timed.</summary>
    Stalls,

    /// <summary>The same under one large file, read in order.</summary>
    StalledParts,

    /// <summary>The store answers only so many requests a second for a while.</summary>
    SlowDown,

    /// <summary>Nobody listens for a while.</summary>
    Gone,

    /// <summary>Many readers, little memory, a bit of everything.</summary>
    Memory,

    /// <summary>SIGTERM while the store is silent.</summary>
    Stop,

    /// <summary>Nothing; the store offers checksums.</summary>
    Checksums,
}
