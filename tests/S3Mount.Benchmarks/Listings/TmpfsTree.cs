using System.Text;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Benchmarks.Listings;

/// <summary>The names of a tree as empty files on tmpfs: made once, when they are first wanted; gone with the run's directory.</summary>
internal sealed class TmpfsTree(string root)
{
    // Inode, dentry and directory entry of tmpfs; measured at 1.0 KB and rounded up.
    private const long MemoryPerFile = 1500;

    private string? _made;

    /// <exception cref="BenchException">It would not fit.</exception>
    public string Make(ListingTree tree, CancellationToken cancellationToken)
    {
        if (_made is not null)
            return _made;
        EnsureRoom(tree.Files + tree.Directories);
        SyntheticKeys keys = tree.Keys;
        string directory = "";
        for (int i = 0; i < keys.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Combine(root, Encoding.UTF8.GetString(keys[i].Span));
            if (Path.GetDirectoryName(path) is { } parent && parent != directory)
                Directory.CreateDirectory(directory = parent);
            Create(path);
        }
        return _made = Path.Combine(root, tree.Prefix.TrimEnd('/'));
    }

    private static void Create(string path)
    {
        try
        {
            File.Create(path, bufferSize: 0).Dispose();
        }
        catch (IOException failure)
        {
            throw new BenchException("the tree does not fit on tmpfs: " + failure.Message);
        }
    }

    private static void EnsureRoom(long files)
    {
        string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        long kibibytes = line is null ? long.MaxValue : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
        if (kibibytes < files * MemoryPerFile / 1024)
            throw new BenchException($"there is no memory for {files} files on tmpfs");
    }
}
