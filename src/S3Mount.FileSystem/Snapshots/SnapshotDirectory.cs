using S3Mount.FileSystem.Listing;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>A directory of a snapshot: entries by position, in <see cref="EntryOrder"/>, or by name. Any thread; allocates nothing.</summary>
public readonly struct SnapshotDirectory : IEquatable<SnapshotDirectory>
{
    private readonly SnapshotFile _file;

    internal SnapshotDirectory(SnapshotFile file, int number) => (_file, Number) = (file, number);

    /// <summary>From 0, the prefix itself, to one less than there are directories; a directory's is larger than that of the one it is in.</summary>
    public int Number { get; }

    /// <summary>False: its entries are some of the directories in it, and what else there is was not known.</summary>
    internal bool IsListed => Block.IsListed;

    /// <summary>How many entries there are.</summary>
    public int Count => Block.Count;

    /// <summary>The one that it is in; of the prefix itself, that one.</summary>
    public SnapshotDirectory Parent => new(_file, Block.Parent);

    /// <summary>Empty for the prefix itself.</summary>
    public ReadOnlySpan<byte> Name => Number == 0 ? default : Parent[Block.Position].Name;

    /// <param name="position">0 to <see cref="Count"/> - 1.</param>
    public SnapshotEntry this[int position]
    {
        get
        {
            DirectoryBlock block = Block;
            return new SnapshotEntry(_file, in block.Entries[position], block.NameOf(position));
        }
    }

    /// <returns>The position, or a negative number.</returns>
    public int Find(ReadOnlySpan<byte> name)
    {
        DirectoryBlock block = Block;
        int low = 0, high = block.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = EntryOrder.Compare(block.NameOf(middle), name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    /// <summary>Where it is below the prefix, with a slash at its end; empty for the prefix itself. Allocates.</summary>
    public byte[] ToPath()
    {
        int length = 0;
        for (SnapshotDirectory at = this; at.Number != 0; at = at.Parent)
            length += at.Name.Length + 1;
        byte[] path = new byte[length];
        for (SnapshotDirectory at = this; at.Number != 0; at = at.Parent)
        {
            ReadOnlySpan<byte> name = at.Name;
            path[--length] = (byte)'/';
            length -= name.Length;
            name.CopyTo(path.AsSpan(length));
        }
        return path;
    }

    public bool Equals(SnapshotDirectory other) => _file == other._file && Number == other.Number;

    public override bool Equals(object? obj) => obj is SnapshotDirectory other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_file, Number);

    public static bool operator ==(SnapshotDirectory left, SnapshotDirectory right) => left.Equals(right);

    public static bool operator !=(SnapshotDirectory left, SnapshotDirectory right) => !left.Equals(right);

    private DirectoryBlock Block => _file.BlockOf(Number);
}
