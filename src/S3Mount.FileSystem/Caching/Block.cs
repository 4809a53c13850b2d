using System.Buffers;
using System.Diagnostics;
using S3Mount.FileSystem.Reading;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Caching;

/// <summary>
/// A run of bytes of one version of an object, in native memory, filled from its beginning by one ranged read.
/// <para>
/// <b>Ownership.</b> Counted: the reader's index, the fetch that fills it and every lease hold one reference each; the memory
/// goes back to the pool, and its bytes to the budget, with the last. Evicted is not freed.
/// </para>
/// <para>
/// <b>Threads.</b> One fetch writes; any thread reads what lies below <see cref="Filled"/>, which only grows.
/// </para>
/// </summary>
internal sealed unsafe class Block : MemoryManager<byte>, IReadProgress
{
    private readonly BlockCache _cache;
    private readonly Lock _gate = new();
    private nint _address;
    private List<Waiter>? _waiters; // guarded by _gate
    private Exception? _failure; // guarded by _gate
    private int _filled;
    private int _references = 1;
    private int _consumed;
    private bool _indexed;
    private bool _wasRetried;

    internal Block(BlockCache cache, ObjectReader reader, long offset, int length, int capacity, nint address)
    {
        _cache = cache;
        Reader = reader;
        Offset = offset;
        Length = length;
        Capacity = capacity;
        _address = address;
    }

    public ObjectReader Reader { get; }

    /// <summary>Where it begins in the object.</summary>
    public long Offset { get; }

    public int Length { get; }

    public long End => Offset + Length;

    /// <summary>Bytes of the budget that it holds.</summary>
    public int Capacity { get; }

    /// <summary>How many bytes from the beginning are valid.</summary>
    public int Filled => Volatile.Read(ref _filled);

    public bool IsComplete => Filled == Length;

    /// <summary>Whether somebody besides the index holds it.</summary>
    public bool IsInUse => Volatile.Read(ref _references) > 1;

    /// <summary>Whether somebody besides the index and the fetch that fills it holds it: a READ that waits, or sends what is there.</summary>
    public bool IsWanted => Volatile.Read(ref _references) > 2;

    /// <summary>When its fetch began, as a moment of <see cref="MountClock"/>; written by the fetch, to be read after it.</summary>
    public long BeganAt { get; set; }

    /// <summary>Whether the store had to be asked again for it.</summary>
    public bool WasRetried => Volatile.Read(ref _wasRetried);

    /// <summary>Whether readers have got all of its bytes.</summary>
    public bool IsConsumed => Volatile.Read(ref _consumed) >= Length;

    /// <summary>Whether its reader's index holds it; written under the reader's gate.</summary>
    public bool IsIndexed
    {
        get => Volatile.Read(ref _indexed);
        set => Volatile.Write(ref _indexed, value);
    }

    /// <summary>The queue of the cache that it is in, its place there, both guarded by the cache's gate.</summary>
    internal LinkedListNode<Block>? Node { get; set; }

    /// <summary>Another reference; only while one is known to be held.</summary>
    public void AddReference()
    {
        int references = Interlocked.Increment(ref _references);
        Debug.Assert(references > 1, "a block came back from the dead");
    }

    public void Release()
    {
        int references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0, "a block was released too often");
        if (references == 0)
        {
            nint address = Interlocked.Exchange(ref _address, 0);
            _cache.Free(this, address);
        }
    }

    /// <summary>The same by one who is neither the index nor a reader: if somebody waits for memory, now there may be some.</summary>
    public void GiveBack()
    {
        Release();
        _cache.OnReleased();
    }

    /// <summary>The bytes from an offset of the object on; the caller holds a reference while it uses them.</summary>
    public FuseSlice Slice(long offset, int length)
    {
        int start = (int)(offset - Offset);
        Debug.Assert(start >= 0 && start + length <= Filled, "a slice of bytes that are not there");
        return new FuseSlice((byte*)_address + start, length);
    }

    /// <summary>Counts bytes that a reader got. True, once, when all have been.</summary>
    public bool Consume(int bytes)
    {
        int consumed = Interlocked.Add(ref _consumed, bytes);
        return consumed >= Length && consumed - bytes < Length;
    }

    /// <summary>
    /// More bytes are valid. Whoever waited for the last ones goes on at once, on this thread, which has nothing left to read;
    /// the others go on elsewhere, so that the body is read on meanwhile.
    /// </summary>
    public void Advance(int filled)
    {
        Volatile.Write(ref _filled, filled);
        List<Waiter>? ready = null;
        lock (_gate)
        {
            for (int i = (_waiters?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (_waiters![i].Needed > filled)
                    continue;
                (ready ??= []).Add(_waiters[i]);
                _waiters.RemoveAt(i);
            }
        }
        if (ready is null)
            return;
        foreach (Waiter waiter in ready)
        {
            if (filled == Length)
                waiter.TrySetResult();
            else
                ThreadPool.UnsafeQueueUserWorkItem(static waiter => waiter.TrySetResult(), waiter, preferLocal: false);
        }
    }

    public void Retried() => Volatile.Write(ref _wasRetried, true);

    /// <summary>The fetch has failed: whoever waits, and whoever will, sees this.</summary>
    public void Fail(Exception failure)
    {
        List<Waiter>? waiters;
        lock (_gate)
        {
            _failure = failure;
            waiters = _waiters;
            _waiters = null;
        }
        if (waiters is null)
            return;
        foreach (Waiter waiter in waiters)
            waiter.TrySetException(failure);
    }

    /// <summary>Completes when the bytes below <paramref name="needed"/> (from the block's beginning) are valid.</summary>
    public Task WaitAsync(int needed, CancellationToken cancellationToken)
    {
        if (Filled >= needed)
            return Task.CompletedTask;
        var waiter = new Waiter(needed);
        lock (_gate)
        {
            if (Filled >= needed)
                return Task.CompletedTask;
            if (_failure is not null)
                return Task.FromException(_failure);
            (_waiters ??= []).Add(waiter);
        }
        return waiter.Task.WaitAsync(cancellationToken);
    }

    public override Span<byte> GetSpan() => new((void*)_address, Length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_address + elementIndex);

    public override void Unpin()
    {
    }

    // The memory's life is the reference count's business alone.
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Waiter(int needed) : TaskCompletionSource
    {
        public int Needed { get; } = needed;
    }
}
