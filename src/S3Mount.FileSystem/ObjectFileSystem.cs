using Microsoft.Extensions.Logging;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

/// <summary>The objects of a bucket, or of one prefix of it, as a read-only tree of files.</summary>
public sealed class ObjectFileSystem : IFuseFileSystem, IAsyncDisposable
{
    /// <param name="store">Stays the caller's; used until this file system is disposed.</param>
    public ObjectFileSystem(IObjectStore store, ObjectFileSystemOptions options, TimeProvider timeProvider, ILogger logger) => throw new NotImplementedException();

    public void Initialize(FuseConnection connection) => throw new NotImplementedException();
    public ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name) => throw new NotImplementedException();
    public void Forget(NodeId node, ulong lookups) => throw new NotImplementedException();
    public ValueTask GetAttrAsync(FuseRequest request, NodeId node) => throw new NotImplementedException();
    public ValueTask StatxAsync(FuseRequest request, NodeId node) => throw new NotImplementedException();
    public ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask) => throw new NotImplementedException();
    public ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags) => throw new NotImplementedException();
    public ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read) => throw new NotImplementedException();
    public ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh) => throw new NotImplementedException();
    public ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh) => throw new NotImplementedException();
    public ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags) => throw new NotImplementedException();
    public ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read) => throw new NotImplementedException();
    public ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read) => throw new NotImplementedException();
    public ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh) => throw new NotImplementedException();
    public ValueTask StatFsAsync(FuseRequest request, NodeId node) => throw new NotImplementedException();
    public ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size) => throw new NotImplementedException();
    public ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size) => throw new NotImplementedException();
    public ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence) => throw new NotImplementedException();
    public void Destroy() => throw new NotImplementedException();
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
