namespace S3Mount.ObjectStore.S3;

/// <summary>One who waits to be let in.</summary>
internal sealed class ConcurrencyWaiter(long ticket) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public long Ticket => ticket;

    /// <summary>Null once it does not wait any more.</summary>
    public LinkedListNode<ConcurrencyWaiter>? Node { get; set; }
}
