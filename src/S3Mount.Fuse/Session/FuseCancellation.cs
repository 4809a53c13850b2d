namespace S3Mount.Fuse.Session;

/// <summary>Why the token of a request tripped; decides the errno of an operation that ends by OperationCanceledException.</summary>
internal enum FuseCancellation
{
    None,
    /// <summary>The caller got a signal: EINTR.</summary>
    Interrupt,
    /// <summary>It has waited for as long as a request may: EIO.</summary>
    Deadline,
    /// <summary>The session ends: EIO, because the caller has done nothing that would explain EINTR.</summary>
    SessionEnd,
}
