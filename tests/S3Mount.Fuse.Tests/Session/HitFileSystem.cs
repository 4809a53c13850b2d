using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>Answers everything at once and from where it lies, as a warm cache does.</summary>
internal sealed unsafe class HitFileSystem : IFuseFileSystem
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(4096, pinned: true);
    private ulong _forgotten;

    public void Initialize(FuseConnection connection) => _bytes.AsSpan().Fill(7);

    public ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name)
    {
        request.ReplyEntry(new FuseEntryOut { NodeId = 77 });
        return ValueTask.CompletedTask;
    }

    public void Forget(NodeId node, ulong lookups) => _forgotten += lookups;

    public ValueTask GetAttrAsync(FuseRequest request, NodeId node)
    {
        request.ReplyAttr(new FuseAttrOut { AttrValid = _forgotten });
        return ValueTask.CompletedTask;
    }

    public ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read)
    {
        fixed (byte* start = _bytes)
            request.ReplyRead(in read, ulong.MaxValue, [new FuseSlice(start, 1000), new FuseSlice(start + 1000, 3096)]);
        return ValueTask.CompletedTask;
    }

    public ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags)
    {
        request.ReplyOpen(new FuseOpenOut { Fh = 1 });
        return ValueTask.CompletedTask;
    }

    public ValueTask StatxAsync(FuseRequest request, NodeId node) => Nothing(request);

    public ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask) => Nothing(request);

    public ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh) => Nothing(request);

    public ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh) => Nothing(request);

    public ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags) => Nothing(request);

    public ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read) => Nothing(request);

    public ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read) => Nothing(request);

    public ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh) => Nothing(request);

    public ValueTask StatFsAsync(FuseRequest request, NodeId node) => Nothing(request);

    public ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size) => Nothing(request);

    public ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size) => Nothing(request);

    public ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence) => Nothing(request);

    public void Destroy() => _bytes.AsSpan().Clear();

    private static ValueTask Nothing(FuseRequest request)
    {
        request.ReplyOk();
        return ValueTask.CompletedTask;
    }
}
