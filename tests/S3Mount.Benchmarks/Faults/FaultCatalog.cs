using System.Globalization;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Testing.Objects;

namespace S3Mount.Benchmarks.Faults;

/// <summary>All rows of the faults, in the order of the table. But for the checksums the store is remote.</summary>
internal static class FaultCatalog
{
    public const string Stalls = "faults-stall";
    public const string StalledParts = "faults-seq";
    public const string SlowDown = "faults-slowdown";
    public const string Gone = "faults-gone";
    public const string Memory = "faults-memory";
    public const string Stop = "faults-stop";
    public const string Checksums = "faults-checksum";

    private const int FileSize = 100_000;
    private const int FilesPerDirectory = 200;

    // A thousandth of them are 20: with fewer the slowest ones would be chance.
    private static readonly BenchObject[] _files = Files("faults", 20_000, null, 101);

    public static IReadOnlyList<FaultScenario> All() =>
    [
        new(Stalls, "20,000 files of 100 KB, 32 threads, 1 % of answers stall for 30 s", FaultKind.Stalls, _files),
        new(StalledParts, "1 GiB in order, two of its parts stall for 30 s", FaultKind.StalledParts, Objects.Large) { Threads = 1 },
        new(SlowDown, "20,000 files, 32 threads, 6 s of 300 GETs a second", FaultKind.SlowDown, _files) { IsMeasuredOnce = true },
        new(Gone, "8,000 files, 32 threads, nobody listens for 20 s", FaultKind.Gone, _files[..8_000]) { IsMeasuredOnce = true },
        new(Memory, "256 files of 16 MiB at once, faults, --memory 128MiB", FaultKind.Memory, Objects.Many) { Threads = 256, IsMeasuredOnce = true },
        new(Stop, "SIGTERM, silent store, 32 readers, --cache", FaultKind.Stop, _files) { IsMeasuredOnce = true },
        OfChecksum(null),
        OfChecksum(ChecksumAlgorithm.Crc32C),
        OfChecksum(ChecksumAlgorithm.Crc64Nvme),
        OfChecksum(ChecksumAlgorithm.Sha256),
    ];

    public static string ChecksumName(ChecksumAlgorithm? checksum) => $"{Checksums}-{(checksum is null ? "none" : checksum.ToString()!.ToLowerInvariant())}";

    private static FaultScenario OfChecksum(ChecksumAlgorithm? checksum)
    {
        string name = ChecksumName(checksum);
        return new(name, $"2,000 files of 100 KB, loopback, checksum: {(checksum is null ? "none" : checksum)}", FaultKind.Checksums, Files(name, 2_000, checksum, 131)) { Threads = 8 };
    }

    private static BenchObject[] Files(string directory, int count, ChecksumAlgorithm? checksum, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => new BenchObject(string.Create(CultureInfo.InvariantCulture, $"{directory}/part{i / FilesPerDirectory:d3}/file{i:d5}"), FileSize, seed + i) { Checksum = checksum?.ToString() })];
}
