namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// The numbers that the node ids of one mount are made of, handed out in chunks to the file systems that serve it: none is
/// given twice as long as the kernel may hold an id made of it. Any thread.
/// </summary>
public sealed class NodeNumbers
{
    /// <summary>Directories of one file system between two chunks; 8 KiB of references. A chunk begins at a multiple of it.</summary>
    internal const int ChunkSize = 1 << ChunkShift;

    internal const int ChunkShift = 10;

    /// <summary>Numbers between two calls of reserve; as many are left out after a crash, of the two thousand million that there are.</summary>
    private const int ReservedAtOnce = 1 << 16;

    private readonly Lock _gate = new();
    private readonly Action<int>? _reserve;
    private object?[] _owners = []; // by chunk; grows and changes under _gate
    private int _next; // guarded by _gate
    private int _reserved; // guarded by _gate

    /// <param name="first">Beyond all that were ever reserved under the same kernel; 0 where there were none.</param>
    /// <param name="reserve">
    /// Told before a number is used that was not reserved yet, with the number up to which (exclusive) they may be used from then on: for
    /// whoever starts after a crash. Any thread, one at a time, under locks: it must be quick, and must not throw.
    /// </param>
    public NodeNumbers(int first = 0, Action<int>? reserve = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        _next = RoundUp(first);
        _reserve = reserve;
    }

    /// <summary>The first of those that nobody has; a multiple of <see cref="ChunkSize"/>.</summary>
    internal int Next
    {
        get
        {
            lock (_gate)
                return _next;
        }
    }

    /// <summary>Who has the chunk that a number is of; null: nobody, or nobody who said so.</summary>
    internal object? OwnerOf(int number)
    {
        object?[] owners = Volatile.Read(ref _owners);
        int chunk = number >> ChunkShift;
        return (uint)chunk < (uint)owners.Length ? Volatile.Read(ref owners[chunk]) : null;
    }

    /// <summary>The first number of a chunk that is the caller's from now on.</summary>
    /// <exception cref="InvalidOperationException">There are none left.</exception>
    internal int TakeChunk(object? owner = null)
    {
        lock (_gate)
        {
            int first = _next;
            if (first > int.MaxValue - ChunkSize)
                throw new InvalidOperationException("all numbers of node ids are used up; the mount has to be made anew");
            _next = first + ChunkSize;
            Reserve();
            SetOwner(first, owner);
            return first;
        }
    }

    /// <summary>A chunk below <see cref="Next"/> is somebody's again, as in an earlier process.</summary>
    internal void RetakeChunk(int first, object? owner)
    {
        lock (_gate)
            SetOwner(first, owner);
    }

    /// <summary>Its chunks are nobody's from now on, and stay taken.</summary>
    internal void Release(object owner)
    {
        lock (_gate)
        {
            for (int i = 0; i < _owners.Length; i++)
            {
                if (_owners[i] == owner)
                    Volatile.Write(ref _owners[i], null);
            }
        }
    }

    /// <summary>Those below are somebody's, from an earlier process.</summary>
    internal void SkipTo(int next)
    {
        lock (_gate)
        {
            _next = Math.Max(_next, RoundUp(next));
            Reserve();
        }
    }

    private static int RoundUp(int number) => (int)Math.Min(int.MaxValue, ((long)number + ChunkSize - 1) & ~(ChunkSize - 1L));

    private void SetOwner(int first, object? owner)
    {
        if (owner is null)
            return;
        int chunk = first >> ChunkShift;
        if (chunk >= _owners.Length)
        {
            var grown = new object?[Math.Max(chunk + 1, _owners.Length * 2)];
            _owners.CopyTo(grown, 0);
            Volatile.Write(ref _owners, grown);
        }
        Volatile.Write(ref _owners[chunk], owner);
    }

    private void Reserve()
    {
        if (_next <= _reserved)
            return;
        _reserved = (int)Math.Min((long)_next + ReservedAtOnce, int.MaxValue);
        _reserve?.Invoke(_reserved);
    }
}
