namespace S3Mount.Benchmarks.Contenders;

/// <summary>Who is measured, in the order of the tables.</summary>
internal enum Contender
{
    S3Mount,

    /// <summary>s3mount without what a row is about.</summary>
    S3MountPlain,

    S3Fs,
    RCloneOff,
    RCloneFull,

    /// <summary>The bare client with as many connections as the readers are, or as s3mount used.</summary>
    BareSame,

    /// <summary>The bare client with as many connections as help.</summary>
    BareBest,

    /// <summary>The bare client that lists one page after another.</summary>
    BareInOrder,

    /// <summary>The bare client that knows where to divide the key space.</summary>
    BareRanges,

    /// <summary>The same files on tmpfs under the same reader.</summary>
    Tmpfs,

    /// <summary>The same files on the disk that the caches are on, under the same reader.</summary>
    LocalDisk,
}
