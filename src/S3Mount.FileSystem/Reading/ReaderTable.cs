using System.Collections.Concurrent;
using S3Mount.Fuse;

namespace S3Mount.FileSystem.Reading;

/// <summary>The readers of the files of which something is in memory, by node id. Any thread.</summary>
internal sealed class ReaderTable : IDisposable
{
    private readonly ConcurrentDictionary<ulong, ObjectReader> _readers = new();

    /// <summary>Null while nothing of the file is in memory.</summary>
    public ObjectReader? Find(NodeId id) => _readers.TryGetValue(id.Value, out ObjectReader? reader) ? reader : null;

    /// <summary>Adds a reader unless there is one; returns the one that counts.</summary>
    public ObjectReader Attach(NodeId id, ObjectReader reader) => _readers.GetOrAdd(id.Value, reader);

    /// <summary>Forgets a reader that has retired.</summary>
    public void Drop(NodeId id, ObjectReader retired) => _readers.TryRemove(new(id.Value, retired));

    /// <summary>The kernel has forgotten the file.</summary>
    public void Detach(NodeId id)
    {
        if (_readers.TryRemove(id.Value, out ObjectReader? reader))
            reader.Dispose();
    }

    public void Dispose()
    {
        foreach (ulong id in _readers.Keys)
            Detach(new NodeId(id));
    }
}
