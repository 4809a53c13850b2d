namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The requests of one kind, and how many of them the store bears: fewer at once when it throttles, slowly more while it answers.
/// Guarded by the lock of <see cref="ConcurrencyLimit"/>, but for <see cref="IsFull"/>.
/// </summary>
internal sealed class ConcurrencyLane(int most)
{
    // As TCP does it: down to 0.7 of it (RFC 9438, 4.6), because half would leave a quarter of what the store bears unused on average,
    // and up by a step a round. A store refuses a request at the top of each rise: half a step keeps them to one in fifty where 10
    // are borne (from 7 to 10 in six rounds of 8 or 9), and is back at 64 after 126 rounds.
    private const double Falling = 0.7;
    private const double Rising = 0.5;

    // What nobody waits for is read ahead, or brought near: it has some of the connections however many readers there are, so that it
    // ends some time. One in four is not measured: a choice between a reader's wait, longer by a third, and none for the others.
    private const int InTurn = 4;

    private readonly LinkedList<ConcurrencyWaiter> _waiters = new();
    private double _limit = most;
    private long? _fellAt;
    private int _letIn;

    public int InUse { get; set; }

    public int Limit => (int)_limit;

    /// <summary>Nothing to gain by an answer. Any thread.</summary>
    public bool IsFull => Volatile.Read(ref _limit) >= most;

    public bool HasRoom => InUse < Limit;

    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>Of the one who may go in next; <see cref="long.MaxValue"/>: nobody may.</summary>
    public long NextTicket => HasRoom && _waiters.First is { } first ? first.Value.Ticket : long.MaxValue;

    public ConcurrencyWaiter Add(S3Operation operation, long ticket, bool isFirst)
    {
        // Those who come back count as the oldest of all; among themselves they keep their order.
        var waiter = new ConcurrencyWaiter(operation, isFirst ? 0 : ticket);
        LinkedListNode<ConcurrencyWaiter>? next = null;
        if (isFirst)
        {
            for (next = _waiters.First; next is { Value.Ticket: 0 };)
                next = next.Next;
        }
        waiter.Node = next is null ? _waiters.AddLast(waiter) : _waiters.AddBefore(next, waiter);
        return waiter;
    }

    /// <summary>False: it does not wait any more.</summary>
    public bool Remove(ConcurrencyWaiter waiter)
    {
        if (waiter.Node is not { } node)
            return false;
        waiter.Node = null;
        _waiters.Remove(node);
        return true;
    }

    public void LetIn()
    {
        ConcurrencyWaiter next = Next();
        Remove(next);
        InUse++;
        next.SetResult();
    }

    public void TurnAllAway(Exception reason)
    {
        while (_waiters.First is { } first)
        {
            Remove(first.Value);
            first.Value.SetException(reason);
        }
    }

    public void Rise() => Volatile.Write(ref _limit, Math.Min(most, _limit + Rising / _limit));

    public void Fall(long enteredAt, long now)
    {
        // Those who went in before the last fall were too many then: that has been answered for.
        if (enteredAt < _fellAt)
            return;
        Volatile.Write(ref _limit, Math.Max(1, _limit * Falling));
        _fellAt = now;
    }

    // Those that somebody waits for before those that nobody does, and each fourth in its turn.
    private ConcurrencyWaiter Next()
    {
        LinkedListNode<ConcurrencyWaiter> first = _waiters.First!;
        if (++_letIn % InTurn == 0)
            return first.Value;
        for (LinkedListNode<ConcurrencyWaiter>? node = first; node is not null; node = node.Next)
        {
            if (node.Value.Operation.IsWanted)
                return node.Value;
        }
        return first.Value;
    }
}
