namespace S3Mount.ObjectStore.S3;

/// <summary>Told of what is asked of the store, try by try. Any thread, several at once: it must not wait, and never throws.</summary>
public interface IStoreObserver
{
    /// <summary>An answer that can be used began.</summary>
    /// <param name="latency">From the moment that its request was sent.</param>
    void Began(S3OperationKind kind, TimeSpan latency);

    /// <summary>Such an answer came to its end.</summary>
    /// <param name="elapsed">From the moment that its request was sent.</param>
    void Ended(S3OperationKind kind, TimeSpan elapsed);

    /// <summary>A try failed, whether or not another one follows. What its caller has given up does not count.</summary>
    /// <param name="reason">A few words for people, on one line.</param>
    void Failed(S3OperationKind kind, S3FailureCause cause, string reason);

    /// <summary>An operation had to wait before its next try could be sent.</summary>
    void Waited(S3WaitCause cause, TimeSpan elapsed);
}
