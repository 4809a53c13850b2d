using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Testing.Fuse;

public sealed partial class FakeKernel
{
    public Task<FakeReply<FuseEntryOut>> LookupAsync(NodeId parent, ReadOnlyMemory<byte> name, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.Lookup, parent, Named(name.Span), Fixed<FuseEntryOut>, interrupt);

    public Task<FakeReply<FuseEntryOut>> LookupAsync(NodeId parent, string name, CancellationToken interrupt = default) =>
        LookupAsync(parent, System.Text.Encoding.UTF8.GetBytes(name), interrupt);

    public Task<FakeReply<FuseAttrOut>> GetAttrAsync(NodeId node, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.GetAttr, node, Bytes(default(FuseGetAttrIn)), Fixed<FuseAttrOut>, interrupt);

    /// <summary>STATX; its answer in the form of GETATTR's.</summary>
    public Task<FakeReply<FuseAttrOut>> StatxAsync(NodeId node, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.Statx, node, Bytes(new FuseStatxIn { SxMask = FuseConstants.StatxBasicStats }), AttrOfStatx, interrupt);

    public Task<FakeReply<bool>> AccessAsync(NodeId node, uint mask, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.Access, node, Bytes(new FuseAccessIn { Mask = mask }), Nothing, interrupt);

    public Task<FakeReply<FuseOpenOut>> OpenAsync(NodeId node, uint flags = 0, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.Open, node, Bytes(new FuseOpenIn { Flags = flags }), Fixed<FuseOpenOut>, interrupt);

    public Task<FakeReply<FuseOpenOut>> OpenDirAsync(NodeId node, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.OpenDir, node, Bytes(default(FuseOpenIn)), Fixed<FuseOpenOut>, interrupt);

    /// <summary>READ; the bytes as they came.</summary>
    public Task<FakeReply<byte[]>> ReadAsync(NodeId node, ulong offset, uint size, ulong fh = 0, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.Read, node, Bytes(new FuseReadIn { Fh = fh, Offset = offset, Size = size }), Same, interrupt);

    public Task<FakeReply<bool>> FlushAsync(NodeId node, ulong fh = 0, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.Flush, node, Bytes(new FuseFlushIn { Fh = fh }), Nothing, interrupt);

    public Task<FakeReply<bool>> ReleaseAsync(NodeId node, ulong fh = 0) =>
        CallAsync(FuseOpcode.Release, node, Bytes(new FuseReleaseIn { Fh = fh }), Nothing, default);

    public Task<FakeReply<bool>> ReleaseDirAsync(NodeId node, ulong fh = 0) =>
        CallAsync(FuseOpcode.ReleaseDir, node, Bytes(new FuseReleaseIn { Fh = fh }), Nothing, default);

    /// <summary>One READDIR from a cookie on.</summary>
    public Task<FakeReply<IReadOnlyList<FakeDirent>>> ReadDirAsync(
        NodeId node, ulong offset, uint size = 4096, ulong fh = 0, CancellationToken interrupt = default) =>
        CallAsync<IReadOnlyList<FakeDirent>>(FuseOpcode.ReadDir, node, Bytes(new FuseReadIn { Fh = fh, Offset = offset, Size = size }),
            body => ParseDirents(body, isPlus: false), interrupt);

    /// <summary>One READDIRPLUS from a cookie on; its entries count as lookups.</summary>
    public Task<FakeReply<IReadOnlyList<FakeDirent>>> ReadDirPlusAsync(
        NodeId node, ulong offset, uint size = 4096, ulong fh = 0, CancellationToken interrupt = default) =>
        CallAsync<IReadOnlyList<FakeDirent>>(FuseOpcode.ReadDirPlus, node, Bytes(new FuseReadIn { Fh = fh, Offset = offset, Size = size }),
            body => ParseDirents(body, isPlus: true), interrupt);

    /// <summary>A whole directory: READDIR or READDIRPLUS until an answer is empty. Fails at an error.</summary>
    public async Task<IReadOnlyList<FakeDirent>> ListAsync(NodeId node, bool plus = false, uint size = 4096)
    {
        var all = new List<FakeDirent>();
        for (ulong offset = 0; ;)
        {
            FakeReply<IReadOnlyList<FakeDirent>> reply = plus
                ? await ReadDirPlusAsync(node, offset, size)
                : await ReadDirAsync(node, offset, size);
            if (reply.Required.Count == 0)
                return all;
            all.AddRange(reply.Value);
            offset = reply.Value[^1].Offset;
        }
    }

    public Task<FakeReply<FuseKStatFs>> StatFsAsync(NodeId node, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.StatFs, node, [], Fixed<FuseKStatFs>, interrupt);

    /// <summary>GETXATTR with room for a value; <see cref="GetXattrSizeAsync"/> asks for its length.</summary>
    public Task<FakeReply<byte[]>> GetXattrAsync(NodeId node, ReadOnlyMemory<byte> name, uint size = 65536, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.GetXattr, node, [.. Bytes(new FuseGetXattrIn { Size = size }), .. Named(name.Span)], Same, interrupt);

    public Task<FakeReply<uint>> GetXattrSizeAsync(NodeId node, ReadOnlyMemory<byte> name, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.GetXattr, node, [.. Bytes(default(FuseGetXattrIn)), .. Named(name.Span)], XattrSize, interrupt);

    /// <summary>LISTXATTR with room: names, each ended by a NUL.</summary>
    public Task<FakeReply<byte[]>> ListXattrAsync(NodeId node, uint size = 65536, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.ListXattr, node, Bytes(new FuseGetXattrIn { Size = size }), Same, interrupt);

    public Task<FakeReply<uint>> ListXattrSizeAsync(NodeId node, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.ListXattr, node, Bytes(default(FuseGetXattrIn)), XattrSize, interrupt);

    /// <param name="whence">SEEK_DATA 3, SEEK_HOLE 4.</param>
    public Task<FakeReply<ulong>> LseekAsync(NodeId node, ulong offset, uint whence, CancellationToken interrupt = default) =>
        CallAsync(FuseOpcode.LSeek, node, Bytes(new FuseLseekIn { Offset = offset, Whence = whence }), body => BitConverter.ToUInt64(body), interrupt);

    /// <summary>Any other operation, by its bytes.</summary>
    public Task<FakeReply<byte[]>> RawAsync(FuseOpcode opcode, NodeId node, byte[] body, CancellationToken interrupt = default) =>
        CallAsync(opcode, node, body, Same, interrupt);

    /// <summary>FORGET; not answered. <see cref="SyncAsync"/> waits until it has been handled.</summary>
    public void Forget(NodeId node, ulong lookups)
    {
        _lookups.AddOrUpdate(node.Value, -(long)lookups, (_, count) => count - (long)lookups);
        Tell(FuseOpcode.Forget, node, Bytes(new FuseForgetIn { Nlookup = lookups }));
    }

    /// <summary>BATCH_FORGET; not answered.</summary>
    public void BatchForget(params ReadOnlySpan<(NodeId Node, ulong Lookups)> forgets)
    {
        var body = new List<byte>(Bytes(new FuseBatchForgetIn { Count = (uint)forgets.Length }));
        foreach ((NodeId node, ulong lookups) in forgets)
        {
            _lookups.AddOrUpdate(node.Value, -(long)lookups, (_, count) => count - (long)lookups);
            body.AddRange(Bytes(new FuseForgetOne { NodeId = node.Value, Nlookup = lookups }));
        }
        Tell(FuseOpcode.BatchForget, new NodeId(0), [.. body]);
    }

    /// <summary>
    /// Waits until everything sent before has been taken from the device and handled as far as it goes at once: nothing is
    /// pending and every reader waits for more.
    /// </summary>
    public async Task SyncAsync()
    {
        using var deadline = new CancellationTokenSource(_options.CallTimeout);
        while (!Device.IsIdle(_readerThreads))
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static byte[] Named(ReadOnlySpan<byte> name) => [.. name, 0];

    private static byte[] Bytes<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static FuseAttrOut AttrOfStatx(byte[] body)
    {
        FuseStatxOut statx = Fixed<FuseStatxOut>(body);
        ref readonly FuseStatx stat = ref statx.Stat;
        return new FuseAttrOut
        {
            AttrValid = statx.AttrValid,
            AttrValidNsec = statx.AttrValidNsec,
            Attr = new FuseAttr
            {
                Ino = stat.Ino,
                Size = stat.Size,
                Blocks = stat.Blocks,
                Atime = (ulong)stat.Atime.Seconds,
                Mtime = (ulong)stat.Mtime.Seconds,
                Ctime = (ulong)stat.Ctime.Seconds,
                AtimeNsec = stat.Atime.Nanoseconds,
                MtimeNsec = stat.Mtime.Nanoseconds,
                CtimeNsec = stat.Ctime.Nanoseconds,
                Mode = stat.Mode,
                Nlink = stat.Nlink,
                Uid = stat.Uid,
                Gid = stat.Gid,
                Blksize = stat.Blksize,
            },
        };
    }

    private static byte[] Same(byte[] body) => body;

    private static bool Nothing(byte[] body) => body.Length == 0;

    private static uint XattrSize(byte[] body) => BitConverter.ToUInt32(body);

    /// <summary>Unpacks entries as parse_dirfile and parse_dirplusfile do.</summary>
    private static List<FakeDirent> ParseDirents(byte[] body, bool isPlus)
    {
        var entries = new List<FakeDirent>();
        for (int position = 0; position < body.Length;)
        {
            FuseEntryOut? entry = null;
            if (isPlus)
            {
                entry = MemoryMarshal.Read<FuseEntryOut>(body.AsSpan(position));
                position += Unsafe.SizeOf<FuseEntryOut>();
            }
            FuseDirent dirent = MemoryMarshal.Read<FuseDirent>(body.AsSpan(position));
            byte[] name = body.AsSpan(position + Unsafe.SizeOf<FuseDirent>(), (int)dirent.Namelen).ToArray();
            entries.Add(new FakeDirent(dirent.Ino, dirent.Off, dirent.Type, name, entry));
            position += (Unsafe.SizeOf<FuseDirent>() + name.Length + 7) & ~7;
        }
        return entries;
    }
}
