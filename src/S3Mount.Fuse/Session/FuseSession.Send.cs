using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

public sealed partial class FuseSession
{
    // Which (opcode, errno) refusals have been logged: a kernel that refuses one kind of answer refuses it every time.
    private readonly ConcurrentDictionary<(FuseOpcode Opcode, Errno Error), bool> _refusals = new();

    /// <summary>
    /// Writes an answer whose header is its first slice. False when the kernel did not take it: ENOENT (the request was
    /// aborted, or was sent again under another unique) is normal; anything else is logged once and followed by EIO, so that
    /// nobody waits for an answer that cannot be copied.
    /// </summary>
    internal bool Send(FuseOpcode opcode, ulong unique, ReadOnlySpan<FuseSlice> message)
    {
        if (Volatile.Read(ref _isSilent))
            return false;
        Errno error = _device.Send(message);
        if (error == 0)
            return true;
        // ENODEV and EPERM: the connection is gone, and with it everyone who waited.
        if (error is Errno.ENOENT or Errno.ENODEV or Errno.EPERM)
            return false;
        if (_refusals.TryAdd((opcode, error), true))
            _logger.AnswerRefused(FuseOperationTable.NameOf(opcode), unique, error);
        if (message.Length > 1)
            SendError(opcode, unique, Errno.EIO);
        return false;
    }

    /// <summary>An answer without a body. Not for unique 0, which would make it a notification.</summary>
    internal unsafe void SendError(FuseOpcode opcode, ulong unique, Errno error)
    {
        if (unique == 0)
            return;
        // On the unique of an INTERRUPT anything but EAGAIN is dropped: ENOSYS would turn interrupts off.
        if ((unique & FuseConstants.InterruptBit) != 0 && error != Errno.EAGAIN)
            return;
        var header = new FuseOutHeader { Len = (uint)Unsafe.SizeOf<FuseOutHeader>(), Error = -(int)error, Unique = unique };
        Send(opcode, unique, [new FuseSlice(&header, sizeof(FuseOutHeader))]);
    }

    /// <summary>
    /// The kernel refused an answer that handed out a lookup: it will never forget it, so it is forgotten here. Happens to the
    /// older copy of a request that was sent again (NOTIFY_RESEND): both copies are worked on, each is answered under its own
    /// unique, and the kernel takes only the newer one.
    /// </summary>
    internal void GiveBackLookup(ulong nodeId)
    {
        // After the end the file system is not entered any more, and forgets everything anyway; but for one that leaves what it knows to another.
        if (nodeId != 0 && (Volatile.Read(ref _ending) == 0 || _detachDrain is not null))
            Forget(new NodeId(nodeId), 1);
    }

    /// <summary>As <see cref="GiveBackLookup"/> for every entry of a READDIRPLUS answer.</summary>
    internal void GiveBackLookups(ReadOnlySpan<byte> entries)
    {
        int headers = Unsafe.SizeOf<FuseEntryOut>() + Unsafe.SizeOf<FuseDirent>();
        while (entries.Length >= headers)
        {
            FuseEntryOut entry = MemoryMarshal.Read<FuseEntryOut>(entries);
            FuseDirent dirent = MemoryMarshal.Read<FuseDirent>(entries[Unsafe.SizeOf<FuseEntryOut>()..]);
            int size = (headers + (int)Math.Min(dirent.Namelen, 4096) + 7) & ~7;
            if (size > entries.Length)
                return;
            ReadOnlySpan<byte> name = entries.Slice(headers, (int)dirent.Namelen);
            // "." and ".." are no lookups (fuse_direntplus_link, fs/fuse/readdir.c, v6.18).
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                GiveBackLookup(entry.NodeId);
            entries = entries[size..];
        }
    }

    internal void CancelSource(FuseRequest request, CancellationTokenSource source) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                try
                {
                    state.source.Cancel();
                }
                catch (AggregateException failure)
                {
                    state.session._logger.OperationFailed(failure, FuseOperationTable.NameOf(state.request.Opcode), state.request.Unique);
                }
            },
            (session: this, request, source),
            preferLocal: false);

    internal void ReportSecondAnswer(FuseOpcode opcode, ulong unique) =>
        _logger.AnsweredTwice(FuseOperationTable.NameOf(opcode), unique);

    internal void ReportWrongReadLength(ulong unique, in FuseReadIn read, long length, ulong expected) =>
        _logger.WrongReadLength(read.Size, read.Offset, unique, length, expected);

    internal void ReportReceiveFailure(Errno error) => _logger.ReceiveFailed(error);

    internal void ReportReaderFailure(Exception failure) => _logger.ReaderFailed(failure);
}
