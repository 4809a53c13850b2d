using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Testing;
using S3Mount.Testing.Datasets;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>
/// The files of an epoch: the names of an ImageFolder, a few hundred pictures under all of them, and the sizes of ImageNet's files
/// by comments in the JPEGs, another one in each: a decoder reads them and has no other work with them.
/// </summary>
internal static class EpochImages
{
    public const string Directory = "epochs";
    public const int Usual = 10_000;
    public const int Classes = 100;

    // To draw all would take half a minute.
    private const int Pictures = 500;
    private const int MedianSide = 400;

    // The length of a segment counts its own two bytes (ITU-T T.81, B.1.1.4).
    private const int LargestComment = ushort.MaxValue - 2;
    private const int CommentHead = 4;

    // In those that are large enough already, so that they differ too.
    private const int LeastComment = 64;

    /// <summary>Writes them below a root; in the order of their names.</summary>
    public static BenchObject[] Make(string root, int count, CancellationToken cancellationToken)
    {
        var names = new ImageFolderDataset(Classes, count, MedianSide);
        byte[][] pictures = [.. new ImageFolderDataset(Classes, Pictures, MedianSide).ToArray().Select(file => file.Bytes)];
        var random = new Random(20251121);
        long[] sizes = [.. Enumerable.Range(0, count).Select(_ => Objects.ImageSize(random))];
        var objects = new BenchObject[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            string key = $"{Directory}/{names.NameOf(index)}";
            string path = Path.Combine(root, key);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            byte[] bytes = Enlarge(pictures[index % Pictures], sizes[index], index);
            File.WriteAllBytes(path, bytes);
            objects[index] = new BenchObject(key, bytes.Length, ReadRange.OfFile);
        });
        return [.. objects.OrderBy(o => o.Key, StringComparer.Ordinal)];
    }

    private static byte[] Enlarge(byte[] picture, long size, int seed)
    {
        // Behind the start of the image and the segment that JFIF wants to be the first.
        int head = 4 + ((picture[4] << 8) | picture[5]);
        int missing = (int)Math.Max(LeastComment, size - picture.Length);
        var bytes = new MemoryStream(picture.Length + missing);
        bytes.Write(picture.AsSpan(0, head));
        for (int left = missing; left >= CommentHead;)
        {
            int length = Math.Min(left - CommentHead, LargestComment);
            bytes.Write([0xFF, 0xFE, (byte)((length + 2) >> 8), (byte)(length + 2)]);
            bytes.Write(Ramp.Create(length, seed));
            left -= CommentHead + length;
        }
        bytes.Write(picture.AsSpan(head));
        return bytes.ToArray();
    }
}
