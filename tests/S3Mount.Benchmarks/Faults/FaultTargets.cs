using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Faults;

/// <summary>Where reads must arrive when something goes wrong, and what this run has measured of it. The worst round counts.</summary>
internal sealed class FaultTargets(FaultBook book)
{
    private static readonly string[] _read = [FaultCatalog.Stalls, FaultCatalog.StalledParts, FaultCatalog.SlowDown, FaultCatalog.Gone, FaultCatalog.Memory];

    public IEnumerable<Target> All()
    {
        yield return Target.AtMost("1 % of answers stall for 30 s, remote, 32 threads: p99.9 of reads, ms", 1000, book.ValuesOf(FaultCatalog.Stalls, FaultNames.SlowestThousandth));
        yield return Target.AtMost("stalls, SlowDown, a store that is gone, little memory: errors at readers", 0, _read.SelectMany(scenario => book.ValuesOf(scenario, FaultNames.Errors)));
        yield return Target.AtLeast("after SlowDown: throughput by that before", 0.95, book.ValuesOf(FaultCatalog.SlowDown, FaultNames.After));
        yield return Target.AtMost("256 readers, faults, --memory 128MiB: peak memory, MiB", 128 + 150, book.ValuesOf(FaultCatalog.Memory, FaultNames.Peak));
        yield return Target.AtMost("SIGTERM with a silent store, readers and a disk cache: s to the end", 10, book.ValuesOf(FaultCatalog.Stop, FaultNames.Stop));
    }
}
