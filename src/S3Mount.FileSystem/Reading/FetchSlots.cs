namespace S3Mount.FileSystem.Reading;

/// <summary>
/// Shares the connections between readers and what is brought near behind them: a fetch that nobody waits for begins only while
/// readers leave connections over. Readers never wait here. Any thread.
/// </summary>
/// <param name="connections">Of the store.</param>
internal sealed class FetchSlots(int connections)
{
    // One stays free for the reader that comes next. Of those that wait for one, three of four times a reader is let in first, and with
    // 63 of them one ends each half millisecond (images of 110 KB, 20 ms away).
    private readonly int _most = connections - 1;

    private readonly Lock _gate = new();
    // Guarded by _gate, as is all that follows. In line.
    private readonly LinkedList<TaskCompletionSource> _waiters = new();
    private int _readers;
    private int _others;

    // One goes on whatever readers do, so that it ends some time.
    private bool IsFree => _others < Math.Max(1, Math.Min(_most, connections - _readers));

    /// <summary>A reader asks the store.</summary>
    public void ReaderBegan()
    {
        lock (_gate)
            _readers++;
    }

    public void ReaderEnded()
    {
        List<TaskCompletionSource>? granted;
        lock (_gate)
        {
            _readers--;
            granted = Grant();
        }
        Tell(granted);
    }

    /// <summary>Completes when a connection is left over; <see cref="Leave"/> gives it back.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> node;
        lock (_gate)
        {
            if (_waiters.Count == 0 && IsFree)
            {
                _others++;
                return;
            }
            node = _waiters.AddLast(new TaskCompletionSource());
        }
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister((_, token) => Cancel(node, token), null);
        await node.Value.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        List<TaskCompletionSource>? granted;
        lock (_gate)
        {
            _others--;
            granted = Grant();
        }
        Tell(granted);
    }

    // Under _gate.
    private List<TaskCompletionSource>? Grant()
    {
        List<TaskCompletionSource>? granted = null;
        while (_waiters.First is { } first && IsFree)
        {
            _waiters.RemoveFirst();
            _others++;
            (granted ??= []).Add(first.Value);
        }
        return granted;
    }

    // Whoever waited goes on here.
    private static void Tell(List<TaskCompletionSource>? granted)
    {
        foreach (TaskCompletionSource waiter in granted ?? [])
            waiter.SetResult();
    }

    // Who has just been let in goes on with it.
    private void Cancel(LinkedListNode<TaskCompletionSource> node, CancellationToken token)
    {
        lock (_gate)
        {
            if (node.List is null)
                return;
            _waiters.Remove(node);
        }
        node.Value.SetCanceled(token);
    }
}
