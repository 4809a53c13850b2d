namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// A snapshot in memory: the listing of everything under a prefix, as it was when it was made. Immutable, any thread.
/// <para>
/// The whole file is read, once, and checked: what is answered later is what was checked. A mapping would change under its
/// readers with the file, and end the process when the file is cut (SIGBUS, mmap(2)). Nothing is left open, and the memory,
/// about as much as the file is long, goes with the last reference.
/// </para>
/// </summary>
public sealed class SnapshotFile
{
    private readonly DirectoryBlock[] _directories;
    private readonly byte[] _strings;

    internal SnapshotFile(string path, SnapshotSummary summary, DirectoryBlock[] directories, byte[] strings, string[] storageClasses)
    {
        Path = path;
        Summary = summary;
        _directories = directories;
        _strings = strings;
        StorageClasses = storageClasses;
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    public SnapshotSummary Summary { get; }

    /// <summary>The directory of the prefix itself.</summary>
    public SnapshotDirectory Root => new(this, 0);

    /// <summary>How many directories there are, that of the prefix included.</summary>
    public int DirectoryCount => _directories.Length;

    internal ReadOnlySpan<byte> Strings => _strings;

    internal string[] StorageClasses { get; }

    /// <summary>Reads and checks a snapshot; blocks for as long as the disk takes.</summary>
    /// <exception cref="SnapshotException">With what is wrong and what to do.</exception>
    public static SnapshotFile Open(string path) => Open(path, SnapshotKind.Pinned);

    /// <summary>The same of a file that has to be of a kind.</summary>
    internal static SnapshotFile Open(string path, SnapshotKind kind) => new SnapshotLoader(path, kind).Load();

    /// <summary>By its number.</summary>
    public SnapshotDirectory Directory(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)_directories.Length, nameof(number));
        return new SnapshotDirectory(this, number);
    }

    /// <summary>Finds a directory by its path below the prefix, with or without a slash at its end; an empty one is the prefix itself.</summary>
    public bool TryFindDirectory(ReadOnlySpan<byte> path, out SnapshotDirectory directory)
    {
        directory = Root;
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            int position = directory.Find(slash < 0 ? path : path[..slash]);
            if (position < 0 || !directory[position].IsDirectory)
                return false;
            directory = directory[position].Directory;
            path = slash < 0 ? default : path[(slash + 1)..];
        }
        return true;
    }

    /// <exception cref="SnapshotException">The snapshot was made of something else than what is to be mounted.</exception>
    public void ThrowIfNotOf(SnapshotOrigin mounted)
    {
        if (!Summary.Origin.IsSameAs(mounted))
        {
            throw new SnapshotException(
                SnapshotFailure.OtherDataset,
                $"{Path} is a snapshot of {Summary.Origin}, not of {mounted}; mount that, or make one of this with: s3mount snapshot create {mounted.Url} FILE");
        }
    }

    internal DirectoryBlock BlockOf(int number) => _directories[number];
}
