using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

public sealed partial class FuseSession
{
    /// <summary>Handles one message on the reader that read it. Never throws; a message that makes no sense is answered and logged.</summary>
    internal void Handle(FuseReader reader, ReadOnlySpan<byte> message)
    {
        if (!FuseRequestReader.TryOpen(message, out FuseInHeader header, out FuseRequestReader body))
        {
            RefuseMalformed(message, "its length is wrong");
            return;
        }
        reader.Counters.Increment(header.Opcode);
        FuseOperation? operation = FuseOperationTable.Find(header.Opcode);
        if (operation is null)
        {
            // The kernel falls back, or remembers that there is no such operation.
            SendError(header.Opcode, header.Unique, Errno.ENOSYS);
            return;
        }
        if (body.Remaining < operation.MinimumSize)
        {
            RefuseMalformed(message, "it is too short");
            return;
        }
        if (operation.IsAnswered)
            Serve(reader, in header, ref body);
        else
            Note(in header, ref body);
    }

    private void Serve(FuseReader reader, in FuseInHeader header, ref FuseRequestReader body)
    {
        FuseRequest request = reader.Request;
        request.Begin(in header, _options.TimeProvider.GetTimestamp());
        reader.Counters.IsBusy = true;
        try
        {
            ValueTask operation = Dispatch(request, ref body);
            if (!operation.IsCompletedSuccessfully)
            {
                reader.Request = new FuseRequest(this);
                _inFlight.Add(request);
                _ = FinishAsync(request, operation);
                return;
            }
            operation.GetAwaiter().GetResult();
            if (request.IsAnswered)
            {
                Observe(request);
                return;
            }
        }
        catch (Exception failure)
        {
            reader.Request = new FuseRequest(this);
            EndFailed(request, failure);
            Observe(request);
            return;
        }
        finally
        {
            reader.Counters.IsBusy = false;
        }
        // Whoever forgot the answer may still send it: the object is not used for another request.
        reader.Request = new FuseRequest(this);
        EndUnanswered(request);
        Observe(request);
    }

    private async Task FinishAsync(FuseRequest request, ValueTask operation)
    {
        try
        {
            await operation.ConfigureAwait(false);
            EndUnanswered(request);
        }
        catch (Exception failure)
        {
            EndFailed(request, failure);
        }
        finally
        {
            Observe(request);
            _inFlight.Remove(request);
        }
    }

    private void Observe(FuseRequest request)
    {
        if (_options.Observer is not { } observer)
            return;
        long now = _options.TimeProvider.GetTimestamp();
        observer.Answered(new FuseAnswer
        {
            Opcode = request.Opcode,
            Moment = now,
            Elapsed = _options.TimeProvider.GetElapsedTime(request.Began, now),
            Error = request.Error,
            Pid = request.Pid,
            ReadBytes = request.ReadBytes,
            BeginsFile = request.BeginsFile,
        });
    }

    private void EndUnanswered(FuseRequest request)
    {
        if (request.TryFail(Errno.EIO))
            _logger.NotAnswered(FuseOperationTable.NameOf(request.Opcode), request.Unique);
    }

    private void EndFailed(FuseRequest request, Exception failure)
    {
        bool isCancelled = failure is OperationCanceledException && request.Cancelled != FuseCancellation.None;
        Errno error = isCancelled && request.IsInterrupted ? Errno.EINTR : Errno.EIO;
        request.TryFail(error);
        if (!isCancelled)
            _logger.OperationFailed(failure, FuseOperationTable.NameOf(request.Opcode), request.Unique);
    }

    /// <summary>One case an operation: check, read, call. The table has promised the size of the fixed struct.</summary>
    private ValueTask Dispatch(FuseRequest request, ref FuseRequestReader body)
    {
        switch (request.Opcode)
        {
            case FuseOpcode.Lookup:
                return body.TryReadName(out ReadOnlySpan<byte> name)
                    ? _fileSystem.LookupAsync(request, request.Node, name) : NoName(request);
            case FuseOpcode.GetAttr:
                return _fileSystem.GetAttrAsync(request, request.Node);
            case FuseOpcode.Statx:
                return _fileSystem.StatxAsync(request, request.Node);
            case FuseOpcode.Access:
                return _fileSystem.AccessAsync(request, request.Node, body.Read<FuseAccessIn>().Mask);
            case FuseOpcode.Open:
                uint flags = body.Read<FuseOpenIn>().Flags;
                return IsForWriting(flags) ? Refuse(request, Errno.EROFS) : _fileSystem.OpenAsync(request, request.Node, flags);
            case FuseOpcode.Read:
                return _fileSystem.ReadAsync(request, request.Node, body.Read<FuseReadIn>());
            case FuseOpcode.Flush:
                return _fileSystem.FlushAsync(request, request.Node, body.Read<FuseFlushIn>().Fh);
            case FuseOpcode.Release:
                return _fileSystem.ReleaseAsync(request, request.Node, body.Read<FuseReleaseIn>().Fh);
            case FuseOpcode.OpenDir:
                return _fileSystem.OpenDirAsync(request, request.Node, body.Read<FuseOpenIn>().Flags);
            case FuseOpcode.ReadDir:
                return _fileSystem.ReadDirAsync(request, request.Node, body.Read<FuseReadIn>());
            case FuseOpcode.ReadDirPlus:
                return _fileSystem.ReadDirPlusAsync(request, request.Node, body.Read<FuseReadIn>());
            case FuseOpcode.ReleaseDir:
                return _fileSystem.ReleaseDirAsync(request, request.Node, body.Read<FuseReleaseIn>().Fh);
            case FuseOpcode.StatFs:
                return _fileSystem.StatFsAsync(request, request.Node);
            case FuseOpcode.GetXattr:
                uint size = body.Read<FuseGetXattrIn>().Size;
                return body.TryReadName(out name)
                    ? _fileSystem.GetXattrAsync(request, request.Node, name, size) : NoName(request);
            case FuseOpcode.ListXattr:
                return _fileSystem.ListXattrAsync(request, request.Node, body.Read<FuseGetXattrIn>().Size);
            case FuseOpcode.LSeek:
                FuseLseekIn seek = body.Read<FuseLseekIn>();
                return _fileSystem.LseekAsync(request, request.Node, seek.Offset, seek.Whence);
            default:
                return AnswerHere(request);
        }
    }

    /// <summary>What a read-only file system answers without being asked.</summary>
    private static ValueTask AnswerHere(FuseRequest request)
    {
        switch (request.Opcode)
        {
            // The VFS refuses changes of an MS_RDONLY mount itself; these are for a mount made without it.
            case FuseOpcode.SetAttr or FuseOpcode.SymLink or FuseOpcode.MkNod or FuseOpcode.MkDir or FuseOpcode.Unlink
                or FuseOpcode.RmDir or FuseOpcode.Rename or FuseOpcode.Rename2 or FuseOpcode.Link or FuseOpcode.Write
                or FuseOpcode.Create or FuseOpcode.TmpFile or FuseOpcode.SetXattr or FuseOpcode.RemoveXattr
                or FuseOpcode.FAllocate or FuseOpcode.CopyFileRange or FuseOpcode.CopyFileRange64:
                return Refuse(request, Errno.EROFS);
            // Nothing here is a symbolic link: what readlink(2) says of another kind of file.
            case FuseOpcode.ReadLink:
                return Refuse(request, Errno.EINVAL);
            // What the kernel would say itself; ENOSYS becomes ENOTTY too, but only on newer kernels.
            case FuseOpcode.Ioctl:
                return Refuse(request, Errno.ENOTTY);
            // Sent for fuseblk mounts only: the kernel waits for it before it ends the connection.
            case FuseOpcode.Destroy:
                request.ReplyOk();
                return ValueTask.CompletedTask;
            // ENOSYS is remembered and means, to the caller: FSYNC, FSYNCDIR, SYNCFS succeed (nothing is dirty); POLL is always
            // ready; BMAP has no blocks; locks are refused (never sent, the kernel keeps them itself unless INIT says otherwise);
            // SETUPMAPPING and REMOVEMAPPING belong to virtiofs. A second INIT has no meaning.
            default:
                return Refuse(request, Errno.ENOSYS);
        }
    }

    /// <summary>Messages that are not answered.</summary>
    private void Note(in FuseInHeader header, ref FuseRequestReader body)
    {
        switch (header.Opcode)
        {
            case FuseOpcode.Forget:
                Forget(new NodeId(header.NodeId), body.Read<FuseForgetIn>().Nlookup);
                break;
            case FuseOpcode.BatchForget:
                uint count = body.Read<FuseBatchForgetIn>().Count;
                if (count * (long)Unsafe.SizeOf<FuseForgetOne>() > body.Remaining)
                {
                    _logger.Malformed("BATCH_FORGET", header.Unique, (int)header.Len, 0,
                        "it names more nodes than it holds; those it holds are forgotten");
                }
                while (count-- > 0 && body.TryRead(out FuseForgetOne one))
                    Forget(new NodeId(one.NodeId), one.Nlookup);
                break;
            case FuseOpcode.Interrupt:
                Interrupt(header.Unique, body.Read<FuseInterruptIn>().Unique);
                break;
            default:
                // NOTIFY_REPLY answers a RETRIEVE, and none is sent.
                break;
        }
    }

    /// <summary>
    /// Cancels the wait that the kernel names. A unique that is not in the table is answered already, or its operation is
    /// still on another reader's thread: EAGAIN makes the kernel queue the INTERRUPT again while the request is unanswered,
    /// and is refused with ENOENT afterwards (fuse_dev_do_write, fs/fuse/dev.c, v6.18), so that nothing is lost and nothing
    /// is left over. An INTERRUPT gets no other answer, ever: ENOSYS would turn interrupts off for the whole connection.
    /// </summary>
    private void Interrupt(ulong interruptUnique, ulong unique)
    {
        if (_inFlight.TryFind(unique, out FuseRequest? request))
            request!.Cancel(FuseCancellation.Interrupt);
        else
            SendError(FuseOpcode.Interrupt, interruptUnique, Errno.EAGAIN);
    }

    private void Forget(NodeId node, ulong lookups)
    {
        try
        {
            _fileSystem.Forget(node, lookups);
        }
        catch (Exception failure)
        {
            _logger.FileSystemFailed(failure, nameof(IFuseFileSystem.Forget));
        }
    }

    private static bool IsForWriting(uint flags) =>
        (flags & FuseConstants.OpenAccessMode) != 0 || (flags & FuseConstants.OpenTruncate) != 0;

    private static ValueTask Refuse(FuseRequest request, Errno error)
    {
        request.ReplyError(error);
        return ValueTask.CompletedTask;
    }

    private ValueTask NoName(FuseRequest request)
    {
        _logger.Malformed(FuseOperationTable.NameOf(request.Opcode), request.Unique, 0, Errno.EINVAL, "its name is empty or has no end");
        return Refuse(request, Errno.EINVAL);
    }

    private void RefuseMalformed(ReadOnlySpan<byte> message, string reason)
    {
        // len, opcode, unique: as much of the header as an answer needs.
        if (message.Length < 16)
        {
            _logger.Malformed("message", 0, message.Length, 0, "shorter than any header; not answered");
            return;
        }
        var opcode = (FuseOpcode)MemoryMarshal.Read<uint>(message[4..]);
        ulong unique = MemoryMarshal.Read<ulong>(message[8..]);
        _logger.Malformed(FuseOperationTable.NameOf(opcode), unique, message.Length, Errno.EINVAL, reason);
        if (FuseOperationTable.Find(opcode) is not { IsAnswered: false })
            SendError(opcode, unique, Errno.EINVAL);
    }
}
