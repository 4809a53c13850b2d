namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Where a listing that is being made and its readers are: readers wait for entries, and the listing waits for readers once it
/// is far ahead of them, so that a directory without end that nobody reads on takes neither memory nor requests. Any thread.
/// </summary>
internal sealed class ListingProgress
{
    private const int Nobody = -1;

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<(int Position, TaskCompletionSource Reached)> _readers = []; // guarded by _gate
    private TaskCompletionSource? _room; // guarded by _gate
    private int _count; // guarded by _gate
    private int _wanted = Nobody; // guarded by _gate
    private int _allowed; // guarded by _gate
    private bool _isSuperseded; // guarded by _gate

    /// <summary>Completes, or fails, with the listing.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Completes when the entry at a position can be had, or there is none; fails when the listing does.</summary>
    public Task WaitForAsync(int position, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            Want(position);
            if (position < _count)
                return Task.CompletedTask;
            if (_completion.Task.IsCompleted)
                return _completion.Task;
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _readers.Add((position, reached));
        }
        return reached.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when all entries can be had; fails when the listing does.</summary>
    public Task WaitForAllAsync(CancellationToken cancellationToken)
    {
        WantAll();
        return _completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Somebody wants the whole listing, whether or not it is read.</summary>
    public void WantAll()
    {
        lock (_gate)
            Want(int.MaxValue);
    }

    /// <summary>Completes when the listing is less than <paramref name="ahead"/> entries ahead of what is wanted.</summary>
    /// <param name="unwanted">How many entries may be there before anybody wants the first.</param>
    public Task RoomAsync(int ahead, int unwanted)
    {
        lock (_gate)
        {
            if (_wanted == Nobody && _isSuperseded)
                return Task.FromException(Superseded());
            if (_wanted == Nobody ? _count < Math.Max(unwanted, _allowed) : _wanted > _count - ahead)
                return Task.CompletedTask;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>So many entries may be there before anybody wants the first.</summary>
    public void Allow(int entries)
    {
        lock (_gate)
        {
            _allowed = Math.Max(_allowed, entries);
            if (_wanted != Nobody || _count >= _allowed)
                return;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>Another listing has taken its place: if nobody wants it, it need not wait for anybody.</summary>
    public void Supersede()
    {
        lock (_gate)
        {
            _isSuperseded = true;
            if (_wanted != Nobody)
                return;
            if (_room is { } room)
            {
                room.TrySetException(Superseded());
                // Marks it as seen: who waited for it may have gone.
                _ = room.Task.Exception;
            }
            _room = null;
        }
    }

    /// <summary>Whether somebody wants any entry.</summary>
    public bool IsWanted
    {
        get
        {
            lock (_gate)
                return _wanted != Nobody;
        }
    }

    /// <summary>Whether somebody has asked for more than can be had.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate)
                return _wanted >= _count;
        }
    }

    /// <summary>So many entries can be had.</summary>
    public void Reach(int count)
    {
        lock (_gate)
        {
            _count = count;
            Wake();
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _completion.TrySetResult();
            Wake();
        }
    }

    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _completion.TrySetException(failure);
            // Marks it as seen: it may be that nobody waits.
            _ = _completion.Task.Exception;
            foreach ((_, TaskCompletionSource reached) in _readers)
            {
                reached.TrySetException(failure);
                _ = reached.Task.Exception;
            }
            _readers.Clear();
        }
    }

    private static OperationCanceledException Superseded() => new("the directory is being listed anew, and nobody reads what was listed of it");

    private void Want(int position)
    {
        if (position <= _wanted)
            return;
        _wanted = position;
        _room?.TrySetResult();
        _room = null;
    }

    private void Wake()
    {
        for (int i = _readers.Count - 1; i >= 0; i--)
        {
            if (_readers[i].Position >= _count && !_completion.Task.IsCompleted)
                continue;
            _readers[i].Reached.TrySetResult();
            _readers.RemoveAt(i);
        }
    }
}
