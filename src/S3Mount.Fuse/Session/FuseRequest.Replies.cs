using System.Runtime.CompilerServices;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

public sealed partial class FuseRequest
{
    // Slices on the stack: a read of 1 MiB touches at most a few blocks. More go through the heap.
    private const int StackSlices = 16;

    // UIO_MAXIOV, the most that writev(2) takes, less the header.
    private const int MaxSlices = 1024 - 1;

    public void ReplyError(Errno error)
    {
        if (!Claim())
            return;
        Error = error;
        _session.SendError(_header.Opcode, _header.Unique, error);
    }

    /// <summary>Success without a body (ACCESS, FLUSH, RELEASE, ...).</summary>
    public void ReplyOk()
    {
        if (Claim())
            Send(default);
    }

    public void ReplyEntry(in FuseEntryOut entry)
    {
        if (Claim() && !SendBody(in entry))
            _session.GiveBackLookup(entry.NodeId);
    }

    public void ReplyAttr(in FuseAttrOut attr)
    {
        if (Claim())
            SendBody(in attr);
    }

    /// <summary>The answer to STATX; the basic fields (STATX_BASIC_STATS) come from <paramref name="attr"/>.</summary>
    public void ReplyStatx(in FuseAttrOut attr)
    {
        if (Claim())
            SendBody(FuseStatxOut.From(in attr));
    }

    public void ReplyOpen(in FuseOpenOut open)
    {
        if (Claim())
            SendBody(in open);
    }

    /// <summary>
    /// The answer to READ, written straight from the caller's memory. The slices must hold exactly
    /// min(<paramref name="read"/>.Size, <paramref name="fileSize"/> - <paramref name="read"/>.Offset) bytes (0 past the end);
    /// anything else is answered with EIO and logged, because the kernel would take it for the end of the file.
    /// </summary>
    public void ReplyRead(in FuseReadIn read, ulong fileSize, ReadOnlySpan<FuseSlice> slices)
    {
        if (!Claim())
            return;
        long length = 0;
        foreach (FuseSlice slice in slices)
            length += slice.Length;
        ulong expected = read.Offset >= fileSize ? 0 : Math.Min(read.Size, fileSize - read.Offset);
        if ((ulong)length != expected || slices.Length > MaxSlices)
        {
            Error = Errno.EIO;
            _session.ReportWrongReadLength(_header.Unique, in read, length, expected);
            _session.SendError(_header.Opcode, _header.Unique, Errno.EIO);
            return;
        }
        (ReadBytes, BeginsFile) = ((int)length, read.Offset == 0 && length > 0);
        Send(slices);
    }

    /// <summary>The answer to READDIR, READDIRPLUS, GETXATTR and LISTXATTR with a size.</summary>
    public unsafe void ReplyBytes(ReadOnlySpan<byte> bytes)
    {
        if (!Claim())
            return;
        fixed (byte* start = bytes)
        {
            var body = new FuseSlice(start, bytes.Length);
            if (!Send(new ReadOnlySpan<FuseSlice>(in body)) && _header.Opcode == FuseOpcode.ReadDirPlus)
                _session.GiveBackLookups(bytes);
        }
    }

    public void ReplyXattrSize(uint size)
    {
        if (Claim())
            SendBody(new FuseGetXattrOut { Size = size });
    }

    public void ReplyStatFs(in FuseKStatFs statFs)
    {
        if (Claim())
            SendBody(in statFs);
    }

    public void ReplyLseek(ulong offset)
    {
        if (Claim())
            SendBody(new FuseLseekOut { Offset = offset });
    }

    private unsafe bool SendBody<T>(in T value)
        where T : unmanaged
    {
        fixed (T* start = &value)
        {
            var body = new FuseSlice(start, Unsafe.SizeOf<T>());
            return Send(new ReadOnlySpan<FuseSlice>(in body));
        }
    }

    /// <summary>True when the kernel took the answer.</summary>
    private unsafe bool Send(ReadOnlySpan<FuseSlice> body)
    {
        long length = Unsafe.SizeOf<FuseOutHeader>();
        Span<FuseSlice> message = body.Length < StackSlices ? stackalloc FuseSlice[StackSlices] : new FuseSlice[body.Length + 1];
        message = message[..(body.Length + 1)];
        body.CopyTo(message[1..]);
        foreach (FuseSlice slice in body)
            length += slice.Length;

        var header = new FuseOutHeader { Len = (uint)length, Unique = _header.Unique };
        message[0] = new FuseSlice(&header, sizeof(FuseOutHeader));
        return _session.Send(_header.Opcode, _header.Unique, message);
    }
}
