using FsCheck;
using FsCheck.Fluent;
using S3Mount.FileSystem.Listing.Scanning;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>
/// Random keys, pages and ranges, with objects that come and go between pages: what is there throughout is listed exactly
/// once, what never was is not, and everything is in order.
/// </summary>
public sealed class KeyRangeScannerModelTests
{
    private static Gen<ScanScenario> Scenarios =>
        from prefix in Gen.Elements("", "", "p/", "p", "p/a", "中")
        from delimiter in Gen.Elements(true, false)
        from pageSize in Gen.Frequency((4, Gen.Choose(1, 4)), (2, Gen.Choose(5, 20)))
        from keys in Gen.ListOf(ScanScenario.Key(prefix), 120)
        from comings in Gen.ListOf(ScanScenario.Key(prefix), 30)
        from bounds in Gen.ArrayOf(Gen.Frequency((2, Gen.Constant("")), (2, ScanScenario.Key(prefix)), (1, Gen.Constant("p/5"))), 2)
        from requests in Gen.Choose(1, 9)
        from bytes in Gen.Elements(0, 600, 5_000, 1 << 20)
        from style in Gen.Frequency(
            (6, Gen.Constant(StartAfterStyle.Heeded)), (1, Gen.Constant(StartAfterStyle.Ignored)), (1, Gen.Constant(StartAfterStyle.IgnoredLater)))
        select new ScanScenario(prefix, delimiter, pageSize, [.. keys.Distinct()], [.. comings.Except(keys).Distinct()], bounds[0], bounds[1], requests, bytes, style);

    [TestCase(1UL, 1500)]
    [CancelAfter(120_000)]
    public async Task A_scan_tells_what_is_there(ulong seed, int scenarios, CancellationToken cancellationToken)
    {
        for (int i = 0; i < scenarios; i++)
        {
            // A seed of its own for each, so that one can be run again alone; Rnd wants its second number odd.
            var random = new Rnd((seed * 1_000_003) + (ulong)i, (2 * (ulong)i) + 1);
            ScanScenario scenario = Scenarios.Sample(1, random, 50).Single();
            var options = new KeyRangeScannerOptions { MaxRequests = scenario.Requests, MaxBytesAhead = scenario.BytesAhead };
            string? failure = await scenario.FailureAsync((store, token) => new KeyRangeScanner(store, options).ScanAsync(scenario.Range, token), i, cancellationToken);
            Assert.That(failure, Is.Null, $"seed {seed}, scenario {i}: {scenario}");
        }
    }
}
