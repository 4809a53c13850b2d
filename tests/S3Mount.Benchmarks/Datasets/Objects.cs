using System.Globalization;

namespace S3Mount.Benchmarks.Datasets;

/// <summary>The objects that are read, all but the images: ramps, so that the store need not hold them. The same at every run.</summary>
internal static class Objects
{
    /// <summary>2,000 files in 20 classes, sized like ImageNet's.</summary>
    public static BenchObject[] Small { get; } = Classes("small", classes: 20, filesPerClass: 100, seed: 1);

    /// <summary>4,000 files in 40 classes, whose bytes nobody reads.</summary>
    public static BenchObject[] Tree { get; } = Classes("tree", classes: 40, filesPerClass: 100, seed: 2);

    /// <summary>200 files for the first byte.</summary>
    public static BenchObject[] First { get; } = Classes("first", classes: 2, filesPerClass: 100, seed: 3);

    public static BenchObject[] Large { get; } = Files("large", "records", count: 1, size: 1L << 30, seed: 11);

    public static BenchObject[] Shards { get; } = Files("shards", "train", count: 8, size: 64 << 20, seed: 21);

    public static BenchObject[] Mapped { get; } = Files("mapped", "array", count: 1, size: 256 << 20, seed: 31);

    /// <summary>256 files of 16 MiB, to be read all at once.</summary>
    public static BenchObject[] Many { get; } = Files("many", "part", count: 256, size: 16 << 20, seed: 41);

    /// <summary>Read before the clock runs, by every contender.</summary>
    public static BenchObject[] WarmUp { get; } = [.. Files("warm-up", "small", count: 64, size: 110_000, seed: 61), .. Files("warm-up", "large", count: 1, size: 32 << 20, seed: 71)];

    private static BenchObject[] Classes(string directory, int classes, int filesPerClass, int seed)
    {
        var random = new Random(20251121 + seed);
        return [.. Enumerable.Range(0, classes).SelectMany(@class => Enumerable.Range(0, filesPerClass).Select(file =>
            new BenchObject(string.Create(CultureInfo.InvariantCulture, $"{directory}/n{1440764 + (@class * 7919):d8}/img_{file:d5}.JPEG"), ImageSize(random), seed + @class + file)))];
    }

    private static BenchObject[] Files(string directory, string name, int count, long size, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => new BenchObject(string.Create(CultureInfo.InvariantCulture, $"{directory}/{name}-{i:d6}.bin"), size, seed + i))];

    /// <summary>Log-normal with a mean of 110 KB and a median of 88 KB, cut at 10 KB and 1 MB: near the sizes of ImageNet's training set.</summary>
    public static long ImageSize(Random random)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (long)Math.Clamp(88_000 * Math.Exp(0.668 * normal), 10_000, 1_000_000);
    }
}
