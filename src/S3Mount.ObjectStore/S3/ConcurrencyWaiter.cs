namespace S3Mount.ObjectStore.S3;

/// <summary>One who waits to be let in.</summary>
internal sealed class ConcurrencyWaiter(S3Operation operation, long ticket) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public S3Operation Operation => operation;

    public long Ticket => ticket;

    /// <summary>Null once it does not wait any more.</summary>
    public LinkedListNode<ConcurrencyWaiter>? Node { get; set; }
}
