namespace S3Mount.ObjectStore.S3;

/// <summary>What an operation waits for before it is sent.</summary>
public enum S3WaitCause
{
    /// <summary>All connections were busy, or the store throttled.</summary>
    Connection,

    /// <summary>The try before had failed.</summary>
    Retry,
}
