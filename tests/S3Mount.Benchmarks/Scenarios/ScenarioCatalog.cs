using System.Globalization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Datasets;

namespace S3Mount.Benchmarks.Scenarios;

/// <summary>All scenarios, in the order of the tables. On a remote store those that only wait for it read less of the same.</summary>
internal static class ScenarioCatalog
{
    public const string Images = "loader";
    public const string DecodedImages = "loader-decode";

    private const int RecordLength = 100_000;

    public static IEnumerable<Scenario> All(StoreSetting setting, IReadOnlyList<BenchObject> images) =>
    [
        new("walk", "walk, 4,000 files in 40 directories", WorkloadKind.Walk, Objects.Tree) { Threads = 16, HasBareBest = false },
        SmallFiles(threads: 1, setting.IsRemote ? 250 : 2000),
        SmallFiles(threads: 8, 2000),
        SmallFiles(threads: 32, 2000),
        new("seq-128k", "1 GiB in order, 128 KiB reads", WorkloadKind.Files, Objects.Large) { ReadSize = 128 << 10, IsReadAhead = true },
        new("seq-1m", "1 GiB in order, 1 MiB reads", WorkloadKind.Files, Objects.Large) { ReadSize = 1 << 20, IsReadAhead = true },
        new("shards", "8 shards of 64 MiB, 4 threads", WorkloadKind.Files, Objects.Shards) { Threads = 4, ReadSize = 128 << 10, IsReadAhead = true },
        Records(threads: 1, setting.IsRemote ? 200 : 500),
        Records(threads: 8, 500),
        new("mmap", "mmap of 256 MiB, in order", WorkloadKind.Map, Objects.Mapped) { IsReadAhead = true },
        .. images.Count == 0 ? (Scenario[])[] :
        [
            Loader(Images, images, setting.IsRemote ? 2 : 1, "read"),
            Loader(DecodedImages, images, 4, "decoded") with { Decodes = true },
        ],
        new("first-byte", "first byte of 200 files, one after another", WorkloadKind.FirstByte, Objects.First) { HasBareBest = false, HasWarmPass = false },
        new("memory", "256 files of 16 MiB at once, --memory 128MiB", WorkloadKind.Files, Objects.Many)
        {
            Threads = 256,
            ReadSize = 128 << 10,
            MountOptions = ["--memory", "128MiB"],
            HasWarmPass = false,
            IsForProductOnly = true,
        },
    ];

    private static Scenario SmallFiles(int threads, int files) =>
        new(Text($"small-{threads}"), Text($"{files} small files, {Threads(threads)}"), WorkloadKind.Files, Objects.Small) { Reads = Shuffled(Objects.Small)[..files], Threads = threads };

    private static Scenario Records(int threads, int count)
    {
        var random = new Random(4711);
        BenchObject file = Objects.Large[0];
        return new Scenario(Text($"random-{threads}"), Text($"{count} records of 100 KB in 1 GiB, {Threads(threads)}"), WorkloadKind.Records, Objects.Large)
        {
            Reads = [.. Enumerable.Range(0, count).Select(_ => new ReadRange(file.Key, random.NextInt64(file.Size - RecordLength), RecordLength, file.Seed))],
            Threads = threads,
            ReadSize = RecordLength,
            HasBareBest = false,
        };
    }

    // Every n-th file.
    private static Scenario Loader(string name, IReadOnlyList<BenchObject> images, int step, string what) =>
        new(name, Text($"ImageFolder, 4 workers, {images.Count / step} JPEGs {what}"), WorkloadKind.Loader, images)
        {
            Reads = [.. images.Where((_, index) => index % step == 0).Select(image => image.Whole)],
            Threads = 4,
            HasBareBest = false,
        };

    // As a shuffled epoch has it; the same at every run.
    private static ReadRange[] Shuffled(IEnumerable<BenchObject> objects)
    {
        ReadRange[] reads = [.. objects.Select(o => o.Whole)];
        new Random(1).Shuffle(reads);
        return reads;
    }

    private static string Threads(int threads) => Text($"{threads} {(threads == 1 ? "thread" : "threads")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
