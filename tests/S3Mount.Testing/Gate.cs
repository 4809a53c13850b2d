namespace S3Mount.Testing;

/// <summary>
/// Holds whoever comes to it until a test lets them go. Any thread. Disposing opens it, so that a failed test leaves nobody waiting.
/// </summary>
public sealed class Gate : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private int _permits;
    private int _arrivals;
    private bool _isOpen;

    /// <summary>How many have come so far.</summary>
    public int Arrivals
    {
        get
        {
            lock (_gate)
                return _arrivals;
        }
    }

    /// <summary>How many stand before it now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Lets everybody through, now and later.</summary>
    public void Open()
    {
        TaskCompletionSource[] released;
        lock (_gate)
        {
            _isOpen = true;
            released = [.. _waiting];
            _waiting.Clear();
        }
        foreach (TaskCompletionSource one in released)
            one.TrySetResult();
    }

    /// <summary>Lets the longest waiting through, or the next to come.</summary>
    public void Release(int count = 1)
    {
        for (; count > 0; count--)
        {
            TaskCompletionSource? first = null;
            lock (_gate)
            {
                if (_waiting.First is null)
                {
                    _permits++;
                    continue;
                }
                first = _waiting.First.Value;
                _waiting.RemoveFirst();
            }
            first.TrySetResult();
        }
    }

    /// <summary>Completes when this many have come, counted from the beginning.</summary>
    public Task WaitForArrivalsAsync(int count, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            if (_arrivals >= count)
                return Task.CompletedTask;
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((count, reached));
        }
        return reached.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Comes to the gate: returns when let through.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource>? node = Arrive(out TaskCompletionSource[] reached);
        foreach (TaskCompletionSource one in reached)
            one.TrySetResult();
        if (node is null)
            return;
        try
        {
            await node.Value.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (node.List is not null)
                    _waiting.Remove(node);
            }
            throw;
        }
    }

    public void Dispose() => Open();

    private LinkedListNode<TaskCompletionSource>? Arrive(out TaskCompletionSource[] reached)
    {
        lock (_gate)
        {
            _arrivals++;
            reached = [.. _watchers.Where(watcher => watcher.Count <= _arrivals).Select(watcher => watcher.Reached)];
            _watchers.RemoveAll(watcher => watcher.Count <= _arrivals);
            if (_isOpen)
                return null;
            if (_permits > 0)
            {
                _permits--;
                return null;
            }
            return _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
