using System.Globalization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Datasets;

namespace S3Mount.Benchmarks.Scenarios;

/// <summary>All scenarios, in the order of the tables. On a remote store those that only wait for it read less of the same.</summary>
internal static class ScenarioCatalog
{
    public const string Images = "loader";

    public static IEnumerable<Scenario> All(StoreSetting setting, IReadOnlyList<BenchObject> images) =>
    [
        Walk(),
        Small(1, files: setting.IsRemote ? 250 : 2000),
        Small(8, files: 2000),
        Small(32, files: 2000),
        Sequential("seq-128k", "1 GiB in order, 128 KiB reads", 128 << 10),
        Sequential("seq-1m", "1 GiB in order, 1 MiB reads", 1 << 20),
        Shards(),
        Records(1, setting.IsRemote ? 200 : 500),
        Records(8, 500),
        Map(),
        .. images.Count == 0 ? (Scenario[])[] : [Loader(images, setting.IsRemote ? 2 : 1), Decoder(images)],
        FirstByte(),
        Memory(),
    ];

    private static Scenario Walk() => new()
    {
        Name = "walk",
        Title = "walk, 4,000 files in 40 directories",
        Kind = WorkloadKind.Walk,
        Objects = Objects.Tree,
        Reads = Whole(Objects.Tree),
        Threads = 16,
        HasBareBest = false,
    };

    private static Scenario Small(int threads, int files) => new()
    {
        Name = Text($"small-{threads}"),
        Title = Text($"{files} small files, {threads} {(threads == 1 ? "thread" : "threads")}"),
        Kind = WorkloadKind.Files,
        Objects = Objects.Small,
        Reads = [.. Shuffled(Whole(Objects.Small)).Take(files)],
        Threads = threads,
    };

    private static Scenario Sequential(string name, string title, int readSize) => new()
    {
        Name = name,
        Title = title,
        Kind = WorkloadKind.Files,
        Objects = Objects.Large,
        Reads = Whole(Objects.Large),
        ReadSize = readSize,
        IsReadAhead = true,
    };

    private static Scenario Shards() => new()
    {
        Name = "shards",
        Title = "8 shards of 64 MiB, 4 threads",
        Kind = WorkloadKind.Files,
        Objects = Objects.Shards,
        Reads = Whole(Objects.Shards),
        Threads = 4,
        ReadSize = 128 << 10,
        IsReadAhead = true,
    };

    private static Scenario Records(int threads, int count)
    {
        const int Length = 100_000;
        var random = new Random(4711);
        BenchObject file = Objects.Large[0];
        return new Scenario
        {
            Name = Text($"random-{threads}"),
            Title = Text($"{count} records of 100 KB in 1 GiB, {threads} {(threads == 1 ? "thread" : "threads")}"),
            Kind = WorkloadKind.Records,
            Objects = Objects.Large,
            Reads = [.. Enumerable.Range(0, count).Select(_ => new ReadRange(file.Key, random.NextInt64(file.Size - Length), Length, file.Seed))],
            Threads = threads,
            ReadSize = Length,
            HasBareBest = false,
        };
    }

    private static Scenario Map() => new()
    {
        Name = "mmap",
        Title = "mmap of 256 MiB, in order",
        Kind = WorkloadKind.Map,
        Objects = Objects.Mapped,
        Reads = Whole(Objects.Mapped),
        IsReadAhead = true,
    };

    // Every n-th file.
    private static Scenario Loader(IReadOnlyList<BenchObject> images, int step) => new()
    {
        Name = Images,
        Title = Text($"ImageFolder, 4 workers, {images.Count / step} JPEGs read"),
        Kind = WorkloadKind.Loader,
        Objects = images,
        Reads = [.. Whole(images).Where((_, index) => index % step == 0)],
        Threads = 4,
        HasBareBest = false,
    };

    private static Scenario Decoder(IReadOnlyList<BenchObject> images) => Loader(images, 4) with
    {
        Name = Images + "-decode",
        Title = Text($"ImageFolder, 4 workers, {images.Count / 4} JPEGs decoded"),
        Decodes = true,
    };

    private static Scenario FirstByte() => new()
    {
        Name = "first-byte",
        Title = "first byte of 200 files, one after another",
        Kind = WorkloadKind.FirstByte,
        Objects = Objects.First,
        Reads = Whole(Objects.First),
        HasBareBest = false,
        HasWarmPass = false,
    };

    private static Scenario Memory() => new()
    {
        Name = "memory",
        Title = "256 files of 16 MiB at once, --memory 128MiB",
        Kind = WorkloadKind.Files,
        Objects = Objects.Many,
        Reads = Whole(Objects.Many),
        Threads = 256,
        ReadSize = 128 << 10,
        MountOptions = ["--memory", "128MiB"],
        HasWarmPass = false,
        IsForProductOnly = true,
    };

    private static ReadRange[] Whole(IEnumerable<BenchObject> objects) => [.. objects.Select(o => o.Whole)];

    // As a shuffled epoch has it; the same at every run.
    private static ReadRange[] Shuffled(ReadRange[] reads)
    {
        new Random(1).Shuffle(reads);
        return reads;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
