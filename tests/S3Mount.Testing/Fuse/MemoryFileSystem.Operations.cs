using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Testing.Fuse;

public sealed partial class MemoryFileSystem
{
    /// <summary>The one extended attribute of every file: its name.</summary>
    public const string NameAttribute = "user.test.name";

    public ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name)
    {
        // The name lies in the reader's buffer: taken out before anything waits.
        string text = Encoding.UTF8.GetString(name);
        return RunAsync(request, parent, node =>
        {
            if (node.Children.TryGetValue(text, out Node? child))
                request.ReplyEntry(EntryOf(child));
            else
                request.ReplyError(Errno.ENOENT);
        });
    }

    public ValueTask GetAttrAsync(FuseRequest request, NodeId node) => RunAsync(request, node, found => request.ReplyAttr(AttrOutOf(found)));

    public ValueTask StatxAsync(FuseRequest request, NodeId node) => RunAsync(request, node, found => request.ReplyStatx(AttrOutOf(found)));

    public ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask) => RunAsync(request, node, _ => request.ReplyError(Errno.ENOSYS));

    public ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags) =>
        RunAsync(request, node, _ => ReplyOpen(request, Connection!.NoOpen, fopenFlags: 2)); // FOPEN_KEEP_CACHE

    public ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags) =>
        RunAsync(request, node, _ => ReplyOpen(request, Connection!.NoOpenDir, fopenFlags: 0));

    public ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh) => RunAsync(request, node, _ => request.ReplyError(Errno.ENOSYS));

    public ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh) => RunAsync(request, node, _ => request.ReplyOk());

    public ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh) => RunAsync(request, node, _ => request.ReplyOk());

    public ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read)
    {
        Task? gate = Gate?.Invoke(FuseOpcode.Read, node);
        if (gate is null)
        {
            // The path that must not allocate.
            ReplyRead(request, node, in read);
            return ValueTask.CompletedTask;
        }
        FuseReadIn copy = read;
        return RunAfterAsync(request, gate, () => ReplyRead(request, node, in copy));
    }

    public ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read)
    {
        FuseReadIn copy = read;
        return RunAsync(request, node, found => ReplyDirectory(request, found, in copy, isPlus: false));
    }

    public ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read)
    {
        FuseReadIn copy = read;
        return RunAsync(request, node, found => ReplyDirectory(request, found, in copy, isPlus: true));
    }

    public ValueTask StatFsAsync(FuseRequest request, NodeId node) => RunAsync(request, node, _ => request.ReplyStatFs(new FuseKStatFs
    {
        Blocks = 1000,
        Files = (ulong)_nodes.Count,
        Bsize = 4096,
        Frsize = 4096,
        Namelen = 255,
    }));

    public ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size)
    {
        bool isKnown = name.SequenceEqual(Encoding.UTF8.GetBytes(NameAttribute));
        return RunAsync(request, node, found =>
        {
            if (!isKnown || !found.IsFile)
                request.ReplyError(Errno.ENODATA);
            else
                ReplyXattr(request, found.Name, size);
        });
    }

    public ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size) =>
        RunAsync(request, node, found => ReplyXattr(request, found.IsFile ? Encoding.UTF8.GetBytes(NameAttribute + "\0") : [], size));

    public ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence) => RunAsync(request, node, found =>
    {
        // A file without holes: data wherever there is a byte, and a hole at the end.
        if (offset >= (ulong)found.Content.Length)
            request.ReplyError(Errno.ENXIO);
        else
            request.ReplyLseek(whence == 4 ? (ulong)found.Content.Length : offset);
    });

    private ValueTask RunAsync(FuseRequest request, NodeId id, Action<Node> answer)
    {
        void Run()
        {
            if (_nodes.TryGetValue(id.Value, out Node? node))
                answer(node);
            else
                request.ReplyError(Errno.ESTALE);
        }

        Task? gate = Gate?.Invoke(request.Opcode, id);
        if (gate is not null)
            return RunAfterAsync(request, gate, Run);
        Run();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask RunAfterAsync(FuseRequest request, Task gate, Action answer)
    {
        await gate.WaitAsync(request.CancellationToken);
        answer();
    }

    private unsafe void ReplyRead(FuseRequest request, NodeId id, in FuseReadIn read)
    {
        if (!_nodes.TryGetValue(id.Value, out Node? node))
        {
            request.ReplyError(Errno.ESTALE);
            return;
        }
        int start = (int)Math.Min(read.Offset, (ulong)node.Content.Length);
        int length = (int)Math.Min(read.Size, node.Content.Length - start);
        fixed (byte* content = node.Content)
            request.ReplyRead(in read, (ulong)node.Content.Length, length == 0 ? default : [new FuseSlice(content + start, length)]);
    }

    private void ReplyOpen(FuseRequest request, bool canSkip, uint fopenFlags)
    {
        if (UseZeroMessageOpens && canSkip)
            request.ReplyError(Errno.ENOSYS);
        else
            request.ReplyOpen(new FuseOpenOut { Fh = 7, OpenFlags = fopenFlags });
    }

    private void ReplyDirectory(FuseRequest request, Node node, in FuseReadIn read, bool isPlus)
    {
        byte[] buffer = new byte[read.Size];
        var writer = new DirentWriter(buffer);
        Node[] entries = [node, node.Parent, .. node.Children.Values];
        for (int i = (int)read.Offset; i < entries.Length; i++)
        {
            Node child = entries[i];
            ReadOnlySpan<byte> name = i switch { 0 => "."u8, 1 => ".."u8, _ => child.Name };
            uint type = child.IsFile ? FakeDirent.File : FakeDirent.Directory;
            ulong next = (ulong)i + 1;
            bool fits = isPlus
                ? writer.TryAddPlus(i < 2 ? default : EntryOf(child), child.Id, next, type, name)
                : writer.TryAdd(child.Id, next, type, name);
            if (!fits && isPlus && i >= 2)
                Forget(new NodeId(child.Id), 1);
            if (!fits)
                break;
        }
        request.ReplyBytes(buffer.AsSpan(0, writer.Length));
    }

    private static void ReplyXattr(FuseRequest request, byte[] value, uint size)
    {
        if (size == 0)
            request.ReplyXattrSize((uint)value.Length);
        else if (size < value.Length)
            request.ReplyError(Errno.ERANGE);
        else
            request.ReplyBytes(value);
    }

    private FuseAttrOut AttrOutOf(Node node)
    {
        var attr = new FuseAttrOut { Attr = AttrOf(node) };
        attr.SetAttrTimeout(Timeout);
        return attr;
    }
}
