using S3Mount.Benchmarks.Clients;
using S3Mount.Testing;
using S3Mount.Testing.Datasets;

namespace S3Mount.Benchmarks.Datasets;

/// <summary>
/// What is in the store as files on tmpfs: the ceiling of warm reads, and for the images what the bytes are compared with.
/// </summary>
internal sealed class ReferenceTree : IDisposable
{
    // Gives files of 35 KB on the average: the generator stops at 500 pixels, ImageNet's mean is 110 KB.
    private const int MedianSide = 400;
    private const int ImageClasses = 20;

    private readonly HashSet<string> _written = [];

    public ReferenceTree(string name) => Root = Directory.CreateDirectory(Path.Combine("/dev/shm", name)).FullName;

    public string Root { get; }

    /// <summary>Draws real JPEGs into the tree; in the order of their names.</summary>
    public BenchObject[] AddImages(int count, CancellationToken cancellationToken)
    {
        var dataset = new ImageFolderDataset(ImageClasses, count, MedianSide);
        var objects = new BenchObject[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            DatasetFile file = dataset[index];
            string key = "images/" + file.Name;
            string path = PathOf(key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Bytes);
            objects[index] = new BenchObject(key, file.Bytes.Length, ReadRange.OfFile);
        });
        _written.UnionWith(objects.Select(o => o.Key));
        return [.. objects.OrderBy(o => o.Key, StringComparer.Ordinal)];
    }

    /// <summary>Writes the ramps that are not there yet.</summary>
    public void Add(IEnumerable<BenchObject> objects)
    {
        byte[] bytes = new byte[1 << 20];
        foreach (BenchObject o in objects.Where(o => _written.Add(o.Key)))
        {
            string path = PathOf(o.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using FileStream file = File.Create(path, bufferSize: 0);
            for (long offset = 0; offset < o.Size; offset += bytes.Length)
            {
                Span<byte> piece = bytes.AsSpan(0, (int)Math.Min(bytes.Length, o.Size - offset));
                Ramp.Fill(piece, offset, o.Seed);
                file.Write(piece);
            }
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string PathOf(string key) => Path.Combine(Root, key);
}
