namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Something that blocks on a disk, and who waits for it. A disk that has gone (NFS, a stuck device) may never let the thread come
/// back: then whoever waits goes on without it, and what the call may still write to is its own until it returns.
/// <para>
/// It is waiting, then running, then ended; or it is given up before it runs; or it is stuck, and returns late or never. The
/// completion is told what <see cref="Work"/> returned, or <see cref="NoAnswer"/>. Any thread.
/// </para>
/// </summary>
internal abstract class DiskCall : TaskCompletionSource<int>
{
    /// <summary>The result of a call that was given up, or that is stuck.</summary>
    public const int NoAnswer = -1;

    private const int Waiting = 0;
    private const int Running = 1;
    private const int Ended = 2;
    private const int GivenUp = 3;
    private const int Stuck = 4;
    private const int Returned = 5;

    private int _state;
    private long _since;
    private int _result;
    private Exception? _failure;

    /// <summary>Bytes of memory that it holds while it runs.</summary>
    public virtual int Size => 0;

    /// <summary>When it began to wait, or to run, or last came on; a timestamp.</summary>
    public long Since
    {
        get => Interlocked.Read(ref _since);
        set => Interlocked.Exchange(ref _since, value);
    }

    /// <summary>Whether it runs still, and nobody waits for it any more.</summary>
    public bool IsStuck => Volatile.Read(ref _state) == Stuck;

    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Running, Waiting) == Waiting;

    /// <summary>Runs it, when it has begun. Never throws.</summary>
    /// <returns>False: it was stuck meanwhile. True: <see cref="Complete"/> is to follow.</returns>
    public bool Run()
    {
        try
        {
            _result = Work();
        }
        catch (Exception e)
        {
            _failure = e;
        }
        bool isInTime = Interlocked.CompareExchange(ref _state, Ended, Running) == Running;
        if (!isInTime)
            Volatile.Write(ref _state, Returned);
        Free();
        return isInTime;
    }

    /// <summary>Tells whoever waits, and goes on with them on this thread: no other is woken.</summary>
    public void Complete()
    {
        if (_failure is null)
            SetResult(_result);
        else
            SetException(_failure);
    }

    /// <summary>It is not to run any more, if it has not begun.</summary>
    public bool TryGiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Waiting) != Waiting)
            return false;
        Free();
        CompleteWithoutAnswer();
        return true;
    }

    /// <summary>Nobody is to wait for it any more, if it still runs.</summary>
    public bool TryLeave()
    {
        if (Interlocked.CompareExchange(ref _state, Stuck, Running) != Running)
            return false;
        CompleteWithoutAnswer();
        return true;
    }

    /// <summary>What blocks.</summary>
    protected abstract int Work();

    /// <summary>Nothing that it holds is used any more. Once, before anybody is told.</summary>
    protected virtual void Free()
    {
    }

    // Elsewhere: whoever gives up a call has others to look at.
    private void CompleteWithoutAnswer() =>
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.TrySetResult(NoAnswer), this, preferLocal: false);
}
