namespace S3Mount.Fuse.Session;

/// <summary>What INIT has negotiated, told to the file system before its first request.</summary>
public sealed class FuseConnection
{
    /// <summary>The minor version both sides speak, 31 to 45; the major is 7.</summary>
    public required int Minor { get; init; }

    /// <summary>OPEN may be answered with ENOSYS (zero-message opens).</summary>
    public required bool NoOpen { get; init; }

    /// <summary>OPENDIR may be answered with ENOSYS.</summary>
    public required bool NoOpenDir { get; init; }

    /// <summary>NOTIFY_INVAL_ENTRY knows EXPIRE_ONLY (7.38).</summary>
    public required bool ExpireOnly { get; init; }

    /// <summary>The largest READ the kernel may send, in bytes.</summary>
    public required int MaxRead { get; init; }

    /// <summary>Where notifications go. Never called from a thread that answers requests.</summary>
    public required FuseNotifier Notifier { get; init; }
}
