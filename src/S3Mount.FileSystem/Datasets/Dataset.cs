using System.Text;
using S3Mount.FileSystem.Counting;

namespace S3Mount.FileSystem.Datasets;

/// <summary>
/// One of several file systems of a mount, and how many requests are in it: it ends when the last of them has left. Any thread.
/// </summary>
internal sealed class Dataset
{
    private readonly StripedCounters _inside = new(1);
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    /// <param name="place">Where it stands in the root, from 1: nobody else ever gets it.</param>
    public Dataset(DatasetStart start, int place)
    {
        Start = start;
        Place = place;
        NameBytes = Encoding.UTF8.GetBytes(start.Name);
    }

    public DatasetStart Start { get; }

    public string Name => Start.Name;

    public byte[] NameBytes { get; }

    public int Place { get; }

    /// <summary>Made for it, before anybody sees it.</summary>
    public ObjectFileSystem Files { get; set; } = null!;

    /// <summary>Whether a request may go in; each that does leaves (<see cref="Leave()"/>).</summary>
    public bool TryEnter()
    {
        // The addition and the look are in this order for all threads: either Close sees the request, or the request sees the end.
        _inside.Add(0, 1);
        if (!Volatile.Read(ref _isClosed))
            return true;
        Leave();
        return false;
    }

    public void Leave()
    {
        _inside.Add(0, -1);
        if (Volatile.Read(ref _isClosed) && IsEmpty)
            _empty.TrySetResult();
    }

    /// <summary>Leaves when an operation ends.</summary>
    public ValueTask Leave(ValueTask operation)
    {
        if (!operation.IsCompletedSuccessfully)
            return LeaveAfterAsync(operation);
        Leave();
        return default;
    }

    /// <summary>No request comes in any more. Completes when the last has left.</summary>
    public Task CloseAsync()
    {
        Volatile.Write(ref _isClosed, true);
        Interlocked.MemoryBarrier();
        if (IsEmpty)
            _empty.TrySetResult();
        return _empty.Task;
    }

    // Once it is closed rows only fall, but for those who look and leave at once: a sum of nothing is nothing.
    private bool IsEmpty => _inside.Read(0) == 0;

    private async ValueTask LeaveAfterAsync(ValueTask operation)
    {
        try
        {
            await operation.ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }
}
