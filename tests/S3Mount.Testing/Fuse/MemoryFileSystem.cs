using System.Collections.Concurrent;
using System.Text;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Testing.Fuse;

/// <summary>
/// A read-only tree from a dictionary of paths and bytes, for tests of the protocol and of mounts. Answers at once, or after
/// <see cref="Gate"/> lets it. Directories come from the paths; a path that ends in a slash is an empty directory.
/// </summary>
public sealed partial class MemoryFileSystem : IFuseFileSystem
{
    private const uint DirectoryMode = 0x4000 | 0x16d; // 0040555
    private const uint FileMode = 0x8000 | 0x124; // 0100444

    private readonly Dictionary<ulong, Node> _nodes = [];
    private readonly ConcurrentDictionary<ulong, long> _lookups = new();

    public MemoryFileSystem(IReadOnlyDictionary<string, byte[]> files)
    {
        Add(null, "");
        foreach ((string path, byte[] content) in files)
        {
            Node parent = _nodes[1];
            string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < parts.Length; i++)
            {
                if (!parent.Children.TryGetValue(parts[i], out Node? child))
                    child = Add(parent, parts[i]);
                if (i == parts.Length - 1 && !path.EndsWith('/'))
                    child.SetContent(content);
                parent = child;
            }
        }
    }

    /// <summary>Returns null to answer at once, or what to wait for before the answer; the token is the request's.</summary>
    public Func<FuseOpcode, NodeId, Task?>? Gate { get; set; }

    /// <summary>How long the kernel may keep entries and attributes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>OPEN, OPENDIR and FLUSH get ENOSYS where that was negotiated.</summary>
    public bool UseZeroMessageOpens { get; set; } = true;

    public FuseConnection? Connection { get; private set; }

    public int Destroyed { get; private set; }

    /// <summary>Lookups handed out and not forgotten, by node.</summary>
    public IReadOnlyDictionary<ulong, long> Lookups => _lookups;

    public NodeId NodeOf(string path)
    {
        Node node = _nodes[1];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node.Children[part];
        return new NodeId(node.Id);
    }

    public void Initialize(FuseConnection connection) => Connection = connection;

    public void Forget(NodeId node, ulong lookups) => _lookups.AddOrUpdate(node.Value, -(long)lookups, (_, count) => count - (long)lookups);

    public void Destroy() => Destroyed++;

    private Node Add(Node? parent, string name)
    {
        var node = new Node((ulong)_nodes.Count + 1, parent, Encoding.UTF8.GetBytes(name));
        _nodes.Add(node.Id, node);
        parent?.Children.Add(name, node);
        return node;
    }

    private FuseEntryOut EntryOf(Node node)
    {
        _lookups.AddOrUpdate(node.Id, 1, (_, count) => count + 1);
        var entry = new FuseEntryOut { NodeId = node.Id, Attr = AttrOf(node) };
        entry.SetEntryTimeout(Timeout);
        entry.SetAttrTimeout(Timeout);
        return entry;
    }

    private static FuseAttr AttrOf(Node node) => new()
    {
        Ino = node.Id,
        Size = (ulong)node.Content.Length,
        Blocks = (ulong)(node.Content.Length + 511) / 512,
        Mtime = 1_700_000_000,
        Ctime = 1_700_000_000,
        Atime = 1_700_000_000,
        Mode = node.IsFile ? FileMode : DirectoryMode,
        Nlink = node.IsFile ? 1u : 2u,
        Blksize = 4096,
    };

    /// <summary>A file or directory of the tree.</summary>
    private sealed class Node(ulong id, Node? parent, byte[] name)
    {
        public ulong Id => id;

        public Node Parent => parent ?? this;

        public byte[] Name => name;

        public SortedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public bool IsFile { get; private set; }

        /// <summary>Pinned, so that answers go out from where it lies.</summary>
        public byte[] Content { get; private set; } = [];

        public void SetContent(byte[] content)
        {
            IsFile = true;
            Content = GC.AllocateUninitializedArray<byte>(content.Length, pinned: true);
            content.CopyTo(Content, 0);
        }
    }
}
