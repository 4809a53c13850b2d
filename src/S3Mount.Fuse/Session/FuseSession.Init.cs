using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

public sealed partial class FuseSession
{
    /// <summary>Bytes of fuse_init_in before 7.36, when flags2 and the reserved words were added.</summary>
    private const int ShortInitIn = 16;

    /// <summary>
    /// Answers INIT on the first reader, before any other thread reads: the kernel sends nothing else until then
    /// (fuse_block_alloc, fs/fuse/dev.c, v6.18). False when there will be no session.
    /// </summary>
    internal bool Negotiate(FuseReader reader)
    {
        if (_options.Resumed is { } agreement)
        {
            Resume(agreement);
            return _started.Task.IsCompletedSuccessfully;
        }
        while (reader.TryReceive(out ReadOnlySpan<byte> message, out _))
        {
            if (!FuseRequestReader.TryOpen(message, out FuseInHeader header, out FuseRequestReader body))
            {
                RefuseMalformed(message, "its length is wrong");
                continue;
            }
            reader.Counters.Increment(header.Opcode);
            if (header.Opcode != FuseOpcode.Init)
            {
                _logger.Malformed(FuseOperationTable.NameOf(header.Opcode), header.Unique, message.Length, Errno.EIO, "INIT comes first");
                SendError(header.Opcode, header.Unique, Errno.EIO);
                continue;
            }
            if (ReadInit(ref body) is not { } init)
            {
                RefuseMalformed(message, "INIT is too short");
                continue;
            }
            // A newer major: say which one we speak, and the kernel sends another INIT in that one.
            if (init.Major > FuseConstants.Major)
            {
                SendInit(header.Unique, new FuseInitOut { Major = FuseConstants.Major, Minor = FuseConstants.Minor });
                continue;
            }
            return TryAgree(header.Unique, in init);
        }
        return false;
    }

    private static FuseInitIn? ReadInit(ref FuseRequestReader body)
    {
        // Older kernels send 16 bytes, newer ones may send more than we know: what is missing reads as zero.
        Span<byte> padded = stackalloc byte[Unsafe.SizeOf<FuseInitIn>()];
        padded.Clear();
        int length = body.CopyTo(padded);
        FuseInitIn init = MemoryMarshal.Read<FuseInitIn>(padded);
        bool isComplete = length >= ShortInitIn || (length >= 8 && init.Major != FuseConstants.Major);
        return isComplete ? init : null;
    }

    private bool TryAgree(ulong unique, in FuseInitIn init)
    {
        if (init.Major < FuseConstants.Major || init.Minor < FuseConstants.OldestMinor)
        {
            SendError(FuseOpcode.Init, unique, Errno.EPROTO);
            Fail(new FuseException(FuseFailure.Protocol, $"the kernel speaks FUSE {init.Major}.{init.Minor}, "
                + $"{FuseConstants.Major}.{FuseConstants.OldestMinor} is the oldest that works: Linux 5.4 or newer is needed"));
            return false;
        }
        FuseInitFlags flags = FuseNegotiation.Choose(FuseNegotiation.Offered(in init), _options);
        FuseInitOut answer = FuseNegotiation.Answer(in init, flags, _options);
        try
        {
            Initialize(new FuseAgreement((int)answer.Minor, (ulong)flags, answer.MaxPages));
        }
        catch (Exception failure)
        {
            _logger.FileSystemFailed(failure, nameof(IFuseFileSystem.Initialize));
            SendError(FuseOpcode.Init, unique, Errno.EIO);
            Fail(failure);
            return false;
        }
        if (!SendInit(unique, in answer))
        {
            Fail(new FuseException(FuseFailure.Protocol, "the kernel refused the answer to INIT: please report it, with its version (uname -r)"));
            return false;
        }
        _logger.Negotiated((int)answer.Minor, answer.MaxReadahead, flags.ToString());
        Begin();
        return true;
    }

    private void Initialize(FuseAgreement agreement)
    {
        _fileSystem.Initialize(Describe(agreement));
        Agreement = agreement;
        Volatile.Write(ref _isInitialized, true);
    }

    private void Begin()
    {
        _notifier.Start();
        StartOtherReaders();
        _started.TrySetResult();
    }

    private FuseConnection Describe(FuseAgreement agreement)
    {
        var flags = (FuseInitFlags)agreement.Flags;
        _notifier.ExpireOnly = flags.HasFlag(FuseInitFlags.HasExpireOnly);
        _notifier.CanResend = agreement.CanResend;
        _notifier.CanForgetNames = agreement.CanForgetNames;
        return new FuseConnection
        {
            Minor = agreement.Minor,
            NoOpen = flags.HasFlag(FuseInitFlags.NoOpenSupport),
            NoOpenDir = flags.HasFlag(FuseInitFlags.NoOpenDirSupport),
            ExpireOnly = flags.HasFlag(FuseInitFlags.HasExpireOnly),
            MaxRead = agreement.MaxPages * Environment.SystemPageSize,
            Notifier = _notifier,
        };
    }

    private void Fail(Exception failure) => _started.TrySetException(failure);

    private unsafe bool SendInit(ulong unique, in FuseInitOut answer)
    {
        int length = sizeof(FuseOutHeader) + sizeof(FuseInitOut);
        var header = new FuseOutHeader { Len = (uint)length, Unique = unique };
        fixed (FuseInitOut* body = &answer)
            return Send(FuseOpcode.Init, unique, [new FuseSlice(&header, sizeof(FuseOutHeader)), new FuseSlice(body, sizeof(FuseInitOut))]);
    }
}
