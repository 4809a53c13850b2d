namespace S3Mount.Fuse.Session;

/// <summary>How a session talks to the kernel. The defaults are those of a read-only mount.</summary>
public sealed record FuseSessionOptions
{
    /// <summary>Threads that read from the device; 2 to 4 (each has its own buffer).</summary>
    public int ReaderThreads { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>ENOSYS to OPEN is offered to the file system: needs a read-only mount.</summary>
    public bool ZeroMessageOpens { get; init; } = true;

    /// <summary>Bytes the kernel may read ahead (fuse_init_out.max_readahead); capped by what the kernel offers.</summary>
    public uint MaxReadahead { get; init; } = 1 << 20;

    /// <summary>
    /// Whether reads of the page cache are background requests (FUSE_ASYNC_READ): kill ends a waiting reader at once either
    /// way, but without it INTERRUPT arrives for buffered reads.
    /// </summary>
    public bool AsyncRead { get; init; } = true;

    /// <summary>
    /// Whether the kernel chooses between READDIR and READDIRPLUS (FUSE_READDIRPLUS_AUTO: PLUS for the first entries of a
    /// directory, and while a reader looks at what it has been given); else it asks for attributes always, and the file system
    /// leaves them out, with node id 0, where they are of no use.
    /// </summary>
    public bool ReadDirPlusAuto { get; init; } = true;

    /// <summary>How long a request may wait for its answer, from the moment that it was read: then it is EIO. Infinite: for ever.</summary>
    public TimeSpan RequestDeadline { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long requests in flight may take when the session ends before they are failed.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What INIT agreed on, where the device is the connection of another process that has ended; null: the kernel sends INIT. What it had read
    /// and not answered is asked for again at the start.
    /// </summary>
    public FuseAgreement? Resumed { get; init; }

    /// <summary>Of a <see cref="Resumed"/> connection: its node ids mean nothing any more. Names are looked up anew, and what is open becomes stale.</summary>
    public bool ForgetsNames { get; init; }

    /// <summary>Who is told of what was answered; null: nobody.</summary>
    public IFuseObserver? Observer { get; init; }

    /// <summary>What deadline, drain timeout and the times of the observer are measured by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
