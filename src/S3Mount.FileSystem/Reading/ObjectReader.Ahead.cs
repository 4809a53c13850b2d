using S3Mount.FileSystem.Caching;

namespace S3Mount.FileSystem.Reading;

/// <summary>What is fetched before anybody asks for it.</summary>
internal sealed partial class ObjectReader
{
    private readonly ReadaheadWindow _window = new();
    private bool _isWatched; // guarded by _gate
    private bool _isStreaming; // guarded by _gate
    private int _ahead;

    /// <summary>Fetches what the stream will want next that a READ answered from blocks belongs to.</summary>
    public void ReadAhead(long offset, int length)
    {
        if (Version.Size <= ReadaheadWindow.SmallObject)
            return;
        List<Block>? started = null;
        int wanted = 0;
        lock (_gate)
        {
            if (_isClosed)
                return;
            // If it is found no more, later READs have moved it on, and have done this.
            if (_window.TryFind(offset, length, out int stream))
                wanted = StartAhead(ref _window[stream], ref started);
            EndStreamsAtEnd();
        }
        // Room is made without the gate, since evicting takes the gates of other readers; the next READ tries again.
        if (wanted > 0)
            _fetcher.Cache.MakeRoom(wanted);
        Fetch(started, ahead: true);
    }

    /// <summary>Forgets the streams if none has moved since that moment, and drops what was fetched for them.</summary>
    public void DropIfSilent(long moment)
    {
        List<Block> dropped = [];
        bool retires;
        lock (_gate)
        {
            if (_isClosed || !_window.IsSilentSince(moment))
                return;
            _window.Reset();
            EndStreaming();
            foreach (Block block in _blocks)
            {
                if (block.IsComplete && !block.IsInUse)
                    dropped.Add(block);
            }
            retires = TryRetire();
        }
        foreach (Block block in dropped)
            Remove(block);
        if (retires)
            _onRetired!(this);
    }

    /// <summary>A part that was fetched ahead has come, or has failed.</summary>
    public void EndAhead() => Interlocked.Decrement(ref _ahead);

    // How far beyond a READ a request for its missing bytes goes: to the end of a small object, by a part in a stream.
    private int EnterStream(long offset, int length)
    {
        if (Version.Size <= ReadaheadWindow.SmallObject)
            return 0;
        lock (_gate)
        {
            ref ReadaheadWindow.Stream stream = ref Enter(offset, length);
            stream.Stall(offset);
            long window = ShareOf(stream);
            return (int)Math.Min(ReadaheadWindow.PartFor(window, _fetcher.PartsShare), window);
        }
    }

    // In whole pages, so that a page lies in one part. A window below one READ would cost a request for less than that.
    private long ShareOf(in ReadaheadWindow.Stream stream)
    {
        long share = Math.Min(_fetcher.WindowShare, (long)_fetcher.PartsShare * ReadaheadWindow.MaxPart);
        long window = Math.Min(stream.Window, share) / BlockPool.PageSize * BlockPool.PageSize;
        return window < ReadaheadWindow.MinWindow ? 0 : window;
    }

    // Under the gate: the parts of a stream's window that nobody has asked for yet, as far as memory and connections allow.
    // Returns the bytes for which there was no memory.
    private int StartAhead(ref ReadaheadWindow.Stream stream, ref List<Block>? started)
    {
        long window = ShareOf(stream);
        int parts = _fetcher.PartsShare;
        int part = (int)Math.Min(ReadaheadWindow.PartFor(window, parts), window);
        // At 20 ms to the first byte and 80 MB/s, a part of 2 MiB waits nearly half of its time.
        int most = part <= ReadaheadWindow.MaxPart / 4 ? 2 * parts : parts;
        long target = Math.Min(Version.Size, stream.Next + window);
        while (part > 0 && stream.Ahead < target && (target - stream.Ahead >= part || target == Version.Size))
        {
            int i = FirstAt(stream.Ahead);
            if (i < _blocks.Count && _blocks[i].Offset <= stream.Ahead)
            {
                stream.Ahead = _blocks[i].End;
                continue;
            }
            long to = Math.Min(Math.Min(stream.Ahead + part, Version.Size), i < _blocks.Count ? _blocks[i].Offset : long.MaxValue);
            int length = (int)(to - stream.Ahead);
            if (Volatile.Read(ref _ahead) >= most || !_fetcher.TryEnterAhead())
                return 0;
            if (!_fetcher.Cache.Budget.TryReserve(BlockPool.CapacityFor(length)))
            {
                _fetcher.LeaveAhead();
                return BlockPool.CapacityFor(length);
            }
            (started ??= []).Add(Insert(stream.Ahead, length));
            Interlocked.Increment(ref _ahead);
            stream.Ahead = to;
            BeginStreaming();
        }
        return 0;
    }

    // Under the gate. Whoever follows streams is looked at now and then, for nobody says when they end.
    private ref ReadaheadWindow.Stream Enter(long offset, int length)
    {
        if (!_isWatched && !_isClosed)
        {
            _isWatched = true;
            _fetcher.Watch(this);
        }
        ref ReadaheadWindow.Stream stream = ref _window.Observe(offset, length, _fetcher.Clock.Now);
        if (offset == 0 && stream.Length == length && _fetcher.Trust.TryTake(out long window))
            stream.Trust(window);
        return ref stream;
    }

    private void BeginStreaming()
    {
        if (_isStreaming)
            return;
        _isStreaming = true;
        _fetcher.StreamingBegan();
    }

    // A stream at the end of the object wants nothing more; its share goes to the others at once.
    private void EndStreamsAtEnd()
    {
        bool ended = false;
        while (_window.TryRemoveAt(Version.Size, out ReadaheadWindow.Stream stream))
        {
            ended = true;
            if (stream.FromStart && stream.Length >= Version.Size)
                _fetcher.Trust.Earn(stream.Demand);
        }
        if (ended && _window.IsEmpty)
            EndStreaming();
    }

    // Under the gate: there is no stream any more.
    private void EndStreaming()
    {
        if (_isWatched)
            _fetcher.Unwatch(this);
        _isWatched = false;
        if (_isStreaming)
            _fetcher.StreamingEnded();
        _isStreaming = false;
    }
}
