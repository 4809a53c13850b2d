using S3Mount.Benchmarks.Mounts;

namespace S3Mount.Benchmarks;

/// <summary>What is read: a tree of small files sized like ImageNet's, and one large file. The same at every run.</summary>
internal static class Dataset
{
    public const string LargeKey = "large/shard.bin";
    public const long LargeSize = 1L << 30;

    private const int Classes = 40;
    private const int FilesPerClass = 100;

    public static IReadOnlyList<BenchObject> Objects { get; } = [.. SmallFiles(), new BenchObject(LargeKey, LargeSize)];

    public static string[] ClassPrefixes { get; } = [.. Enumerable.Range(0, Classes).Select(ClassPrefix)];

    /// <summary>Small files in an order as a shuffled epoch has it; the same for the same seed.</summary>
    public static string[] Shuffled(int count, int seed)
    {
        string[] keys = [.. SmallFiles().Select(o => o.Key)];
        new Random(seed).Shuffle(keys);
        return keys[..count];
    }

    // Log-normal with a mean of 110 KB and a median of 88 KB, cut at 10 KB and 1 MB: near the sizes of ImageNet's training set.
    private static IEnumerable<BenchObject> SmallFiles()
    {
        var random = new Random(20251121);
        for (int c = 0; c < Classes; c++)
        {
            for (int i = 0; i < FilesPerClass; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                long size = (long)Math.Clamp(88_000 * Math.Exp(0.668 * normal), 10_000, 1_000_000);
                yield return new BenchObject($"{ClassPrefix(c)}img_{c:d3}_{i:d5}.JPEG", size);
            }
        }
    }

    private static string ClassPrefix(int index) => $"train/n{1440764 + (index * 7919):d8}/";
}
