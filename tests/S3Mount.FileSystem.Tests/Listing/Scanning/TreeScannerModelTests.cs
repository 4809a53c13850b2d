using FsCheck;
using FsCheck.Fluent;
using S3Mount.FileSystem.Listing.Scanning;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>The same for trees, with options so small that spans are split at every turn.</summary>
public sealed class TreeScannerModelTests
{
    private static readonly string[] _directories = ["a", "a-", "a0", "b", "n1", "n10", "n2", "中", "\uFFFD", "\U00010000", ""];

    private static Gen<(ScanScenario Scenario, TreeScannerOptions Options)> Scenarios =>
        from prefix in Gen.Elements("", "", "p/", "p", "p/a", "a", "a/n", "中/", "中")
        from pageSize in Gen.Frequency((4, Gen.Choose(1, 4)), (2, Gen.Choose(5, 20)))
        from keys in Gen.ListOf(Key(prefix), 160)
        from comings in Gen.ListOf(Key(prefix), 30)
        from bounds in Gen.ArrayOf(Gen.Frequency((3, Gen.Constant("")), (2, Key(prefix)), (1, Directory(prefix)), (1, Gen.Constant("p/5"))), 2)
        from style in Gen.Frequency(
            (7, Gen.Constant(StartAfterStyle.Heeded)), (1, Gen.Constant(StartAfterStyle.Ignored)),
            (1, Gen.Constant(StartAfterStyle.IgnoredLater)), (1, Gen.Constant(StartAfterStyle.Refused)))
        from options in Options
        select (Scenario(prefix, pageSize, keys, comings, bounds, style, options), options);

    private static Gen<TreeScannerOptions> Options =>
        from requests in Gen.Choose(1, 9)
        from bytes in Gen.Elements(0, 600, 5_000, 1 << 20)
        from beforeFirst in Gen.Choose(1, 3)
        from before in Gen.Choose(1, 3)
        from perSpan in Gen.Choose(1, 2)
        select new TreeScannerOptions
        {
            MaxRequests = requests,
            MaxBytesAhead = bytes,
            PagesBeforeFirstSurvey = beforeFirst,
            PagesBeforeSurvey = before,
            PagesPerSpan = perSpan,
        };

    [TestCase(1UL, 200)]
    [CancelAfter(120_000)]
    public async Task A_scan_tells_what_is_there(ulong seed, int scenarios, CancellationToken cancellationToken)
    {
        for (int i = 0; i < scenarios; i++)
        {
            var random = new Rnd((seed * 1_000_003) + (ulong)i, (2 * (ulong)i) + 1);
            (ScanScenario scenario, TreeScannerOptions options) = Scenarios.Sample(1, random, 50).Single();
            string? failure = await scenario.FailureAsync((store, token) => new TreeScanner(store, options).ScanAsync(scenario.Range, token), i, cancellationToken);
            Assert.That(failure, Is.Null, $"seed {seed}, scenario {i}: {options}\n{scenario}");
        }
    }

    // Whoever asks for what is behind a key is refused by a store that refuses start-after.
    private static ScanScenario Scenario(
        string prefix, int pageSize, IEnumerable<string> keys, IEnumerable<string> comings, string[] bounds, StartAfterStyle style, TreeScannerOptions options) => new(
        prefix, false, pageSize, [.. keys.Distinct()], [.. comings.Except(keys).Distinct()], style == StartAfterStyle.Refused ? "" : bounds[0], bounds[1],
        options.MaxRequests, (int)options.MaxBytesAhead, style);

    // Directories within directories, their markers, and files on every level.
    private static Gen<string> Key(string prefix) => Gen.Frequency(
        (8, from directory in Directory(prefix) from number in Gen.Choose(0, 30) select FormattableString.Invariant($"{directory}{number}")),
        (2, Directory(prefix)),
        (1, Gen.Constant(prefix.Length == 0 ? "/" : prefix)),
        (3, ScanScenario.Key(prefix)));

    private static Gen<string> Directory(string prefix) =>
        from depth in Gen.Choose(1, 4)
        from names in Gen.ArrayOf(Gen.Elements(_directories), depth)
        select prefix + string.Concat(names.Select(name => name + "/"));
}
