using System.Collections.Concurrent;
using System.Text;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>Writes down every call with its arguments and answers as the test says.</summary>
internal sealed class ScriptedFileSystem : IFuseFileSystem
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>How a request is answered.</summary>
    public Func<FuseRequest, ValueTask> Answer { get; set; } = request =>
    {
        request.ReplyOk();
        return ValueTask.CompletedTask;
    };

    public Action<FuseConnection> Initializing { get; set; } = _ => { };

    public IReadOnlyCollection<string> Calls => _calls;

    public FuseConnection? Connection { get; private set; }

    public FuseReadIn LastRead { get; private set; }

    public int Destroyed { get; private set; }

    public void Initialize(FuseConnection connection)
    {
        Connection = connection;
        Initializing(connection);
    }

    public ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name) =>
        On(request, $"LOOKUP {parent} '{Encoding.UTF8.GetString(name)}'");

    public void Forget(NodeId node, ulong lookups) => _calls.Enqueue($"FORGET {node} {lookups}");

    public ValueTask GetAttrAsync(FuseRequest request, NodeId node) => On(request, $"GETATTR {node}");

    public ValueTask StatxAsync(FuseRequest request, NodeId node) => On(request, $"STATX {node}");

    public ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask) => On(request, $"ACCESS {node} {mask}");

    public ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags) => On(request, $"OPEN {node} {flags:x}");

    public ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read) => OnRead(request, "READ", node, in read);

    public ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh) => On(request, $"FLUSH {node} {fh}");

    public ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh) => On(request, $"RELEASE {node} {fh}");

    public ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags) => On(request, $"OPENDIR {node} {flags:x}");

    public ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read) => OnRead(request, "READDIR", node, in read);

    public ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read) => OnRead(request, "READDIRPLUS", node, in read);

    public ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh) => On(request, $"RELEASEDIR {node} {fh}");

    public ValueTask StatFsAsync(FuseRequest request, NodeId node) => On(request, $"STATFS {node}");

    public ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size) =>
        On(request, $"GETXATTR {node} '{Encoding.UTF8.GetString(name)}' {size}");

    public ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size) => On(request, $"LISTXATTR {node} {size}");

    public ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence) => On(request, $"LSEEK {node} {offset} {whence}");

    public void Destroy() => Destroyed++;

    private ValueTask OnRead(FuseRequest request, string name, NodeId node, in FuseReadIn read)
    {
        LastRead = read;
        return On(request, $"{name} {node} fh {read.Fh} offset {read.Offset} size {read.Size}");
    }

    private ValueTask On(FuseRequest request, string call)
    {
        _calls.Enqueue(call);
        return Answer(request);
    }
}
