using System.Diagnostics.CodeAnalysis;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// One request of the kernel and the only way to answer it. Owned by the session; handed to the file system until the task
/// of its operation completes. Answered exactly once: a second answer is dropped and logged as a bug. The reply calls write
/// to the device on the calling thread and return when the kernel has copied the bytes; they never throw because of the
/// device (a kernel that no longer waits is no error).
/// </summary>
/// <remarks>
/// A reader uses one object again and again while operations complete and are answered on its thread; an object that an
/// operation may still hold is left to that operation and never used for another request.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Disposing the source would race with INTERRUPT; without a timer it holds nothing that must be freed.")]
public sealed partial class FuseRequest
{
    private const int Open = 0;
    private const int Answered = 1;
    private const int Failed = 2;

    private readonly FuseSession _session;
    private FuseInHeader _header;
    private CancellationTokenSource? _cancellation;
    private int _state;
    private int _cancelled;

    internal FuseRequest(FuseSession session) => _session = session;

    public ulong Unique => _header.Unique;

    public NodeId Node => new(_header.NodeId);

    public uint Uid => _header.Uid;

    public uint Gid => _header.Gid;

    public uint Pid => _header.Pid;

    public bool IsAnswered => Volatile.Read(ref _state) != Open;

    /// <summary>Trips on INTERRUPT, at the deadline and when the session ends. Made on first use: do not touch it on the fast path.</summary>
    public CancellationToken CancellationToken
    {
        get
        {
            CancellationTokenSource? source = Volatile.Read(ref _cancellation);
            if (source is not null)
                return source.Token;
            var made = new CancellationTokenSource();
            source = Interlocked.CompareExchange(ref _cancellation, made, null) ?? made;
            // Cancel() writes the reason before it looks for a source; here the order is the other way round, so one of the
            // two sees the other.
            if (Volatile.Read(ref _cancelled) != (int)FuseCancellation.None)
                source.Cancel();
            return source.Token;
        }
    }

    /// <summary>
    /// Whether the token tripped because the kernel sent INTERRUPT: the answer is EINTR. Tripped by the deadline or the end of the
    /// session it is EIO, for the caller has done nothing that would explain EINTR.
    /// </summary>
    public bool IsInterrupted => Cancelled == FuseCancellation.Interrupt;

    internal FuseOpcode Opcode => _header.Opcode;

    /// <summary>When it was read; a timestamp of the session's clock.</summary>
    internal long Began { get; private set; }

    /// <summary>How it was answered: 0 is success.</summary>
    internal Errno Error { get; private set; }

    /// <summary>Bytes of a file that it was answered with.</summary>
    internal int ReadBytes { get; private set; }

    /// <summary>The first byte of the file was among them.</summary>
    internal bool BeginsFile { get; private set; }

    /// <summary>For <see cref="RequestWatch"/>: since when it is known to have been told to end.</summary>
    internal long? ToEndSince { get; set; }

    /// <summary>For <see cref="RequestWatch"/>: it has been named.</summary>
    internal bool IsOverdue { get; set; }

    internal FuseCancellation Cancelled => (FuseCancellation)Volatile.Read(ref _cancelled);

    /// <summary>Makes the object the one of another request. Only by the reader that owns it.</summary>
    internal void Begin(in FuseInHeader header, long now)
    {
        _header = header;
        Began = now;
        Error = 0;
        (ReadBytes, BeginsFile) = (0, false);
        _cancellation = null;
        _cancelled = (int)FuseCancellation.None;
        Volatile.Write(ref _state, Open);
    }

    /// <summary>Trips the token; the first reason stays. Callbacks run on the pool, never on the calling reader.</summary>
    internal void Cancel(FuseCancellation reason)
    {
        if (Interlocked.CompareExchange(ref _cancelled, (int)reason, (int)FuseCancellation.None) != (int)FuseCancellation.None)
            return;
        if (Volatile.Read(ref _cancellation) is { } source)
            _session.CancelSource(this, source);
    }

    /// <summary>Answers in place of the operation, which may still be running; false when it has answered already.</summary>
    internal bool TryFail(Errno error)
    {
        if (Interlocked.CompareExchange(ref _state, Failed, Open) != Open)
            return false;
        Error = error;
        _session.SendError(_header.Opcode, _header.Unique, error);
        return true;
    }

    private bool Claim()
    {
        int state = Interlocked.CompareExchange(ref _state, Answered, Open);
        if (state == Open)
            return true;
        // After TryFail the session has answered because the operation took too long: its own answer is late, not a bug.
        if (state == Answered)
            _session.ReportSecondAnswer(_header.Opcode, _header.Unique);
        return false;
    }
}
