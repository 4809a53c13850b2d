using System.Text;
using FsCheck;
using FsCheck.Fluent;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>
/// Random keys, pages and ranges, with objects that come and go between pages: what is there throughout is listed exactly
/// once, what never was is not, and everything is in order.
/// </summary>
public sealed class KeyRangeScannerModelTests
{
    // The neighbours of '/', prefixes of each other, and U+FFFD, which sorts before U+10000 in UTF-8 and behind it in UTF-16.
    private static readonly string[] _components =
    [
        "a", "a-", "a.", "a0", "a!", "b", "ab", "aa", "aaa", "0", "1", "10", "9", "-", ".", " ", "\u0001", "é", "中", "丮", "\uFFFD", "\U00010000", "\U0010FFFF", "~",
    ];

    private static Gen<Scenario> Scenarios =>
        from prefix in Gen.Elements("", "", "p/", "p", "p/a", "中")
        from delimiter in Gen.Elements(true, false)
        from pageSize in Gen.Frequency((4, Gen.Choose(1, 4)), (2, Gen.Choose(5, 20)))
        from keys in Gen.ListOf(Key(prefix), 120)
        from comings in Gen.ListOf(Key(prefix), 30)
        from bounds in Gen.ArrayOf(Gen.Frequency((2, Gen.Constant("")), (2, Key(prefix)), (1, Gen.Constant("p/5"))), 2)
        from requests in Gen.Choose(1, 9)
        from bytes in Gen.Elements(0, 600, 5_000, 1 << 20)
        from style in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
        select new Scenario(prefix, delimiter, pageSize, [.. keys.Distinct()], [.. comings.Except(keys).Distinct()], bounds[0], bounds[1], requests, bytes, style);

    [TestCase(1UL, 1500)]
    [CancelAfter(120_000)]
    public async Task A_scan_tells_what_is_there(ulong seed, int scenarios, CancellationToken cancellationToken)
    {
        for (int i = 0; i < scenarios; i++)
        {
            // A seed of its own for each, so that one can be run again alone; Rnd wants its second number odd.
            var random = new Rnd((seed * 1_000_003) + (ulong)i, (2 * (ulong)i) + 1);
            Scenario scenario = Scenarios.Sample(1, random, 50).Single();
            string? failure = await FailureAsync(scenario, i, cancellationToken);
            Assert.That(failure, Is.Null, $"seed {seed}, scenario {i}: {scenario}");
        }
    }

    private static Gen<string> Key(string prefix) => Gen.Frequency(
        (8, from length in Gen.Choose(1, 3) from parts in Gen.ArrayOf(Gen.Elements(_components), length) select prefix + string.Concat(parts)),
        (4, from length in Gen.Choose(1, 3) from parts in Gen.ArrayOf(Gen.Elements(_components), length) select prefix + string.Join('/', parts)),
        (8, from number in Gen.Choose(0, 3000) select FormattableString.Invariant($"{prefix}{number}")),
        (2, from number in Gen.Choose(0, 400) select FormattableString.Invariant($"{prefix}a/{number}")),
        (1, from number in Gen.Choose(0, 9) select prefix + new string('k', ObjectKey.MaxLength - 1 - Encoding.UTF8.GetByteCount(prefix)) + number),
        (1, from one in Gen.Elements(_components) select one));

    private static async Task<string?> FailureAsync(Scenario scenario, int seed, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        await using var store = new FakeObjectStore { PageSize = scenario.PageSize, CompletesAsynchronously = scenario.Requests % 2 == 0 };
        foreach (string key in scenario.Keys)
            store.Put(key, "");
        var random = new Random(seed);
        var gate = new Lock();
        var listing = new ListingStore((request, token) =>
        {
            lock (gate)
            {
                foreach (string key in scenario.Comings)
                {
                    if (random.Next(3) != 0)
                        continue;
                    if (random.Next(2) == 0)
                        store.Put(key, "");
                    else
                        store.Delete(key);
                }
            }
            bool isIgnored = scenario.Style == 1 || (scenario.Style == 2 && store.Lists > 6);
            return store.ListPageAsync(isIgnored ? request with { StartAfter = null } : request, token);
        });
        var scanner = new KeyRangeScanner(listing, new KeyRangeScannerOptions { MaxRequests = scenario.Requests, MaxBytesAhead = scenario.BytesAhead });
        var range = new KeyRange { Prefix = new ObjectKey(scenario.Prefix), Delimiter = scenario.Delimiter, After = Bound(scenario.After), Until = Bound(scenario.Until) };
        List<byte[]> found;
        try
        {
            found = [.. (await KeyRangeScannerTests.ScanAsync(scanner, range, deadline.Token)).Select(Encoding.UTF8.GetBytes)];
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
        return Compare(scenario, found) ?? (listing.InFlight == 0 ? null : "requests are left");
    }

    private static string? Compare(Scenario scenario, List<byte[]> found)
    {
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i - 1].AsSpan().SequenceCompareTo(found[i]) >= 0)
                return $"'{Text(found[i])}' comes behind '{Text(found[i - 1])}'";
        }
        HashSet<string> present = [.. found.Select(Text)];
        HashSet<string> must = Shown(scenario, scenario.Keys), may = Shown(scenario, scenario.Keys.Concat(scenario.Comings));
        if (must.FirstOrDefault(key => !present.Contains(key)) is { } missing)
            return $"'{missing}' is missing";
        return present.FirstOrDefault(key => !may.Contains(key)) is { } invented ? $"'{invented}' never was" : null;
    }

    private static HashSet<string> Shown(Scenario scenario, IEnumerable<string> keys)
    {
        var shown = new HashSet<string>();
        foreach (string key in keys.Where(key => key.StartsWith(scenario.Prefix, StringComparison.Ordinal)))
        {
            int slash = scenario.Delimiter ? key.IndexOf('/', scenario.Prefix.Length) : -1;
            byte[] entry = Encoding.UTF8.GetBytes(slash < 0 ? key : key[..(slash + 1)]);
            if ((scenario.After.Length == 0 || entry.AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(scenario.After)) > 0)
                && (scenario.Until.Length == 0 || entry.AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(scenario.Until)) <= 0))
                shown.Add(Text(entry));
        }
        return shown;
    }

    private static string Text(byte[] key) => Encoding.UTF8.GetString(key);

    private static ObjectKey? Bound(string key) => key.Length == 0 ? null : new ObjectKey(key);

    private sealed record Scenario(
        string Prefix, bool Delimiter, int PageSize, string[] Keys, string[] Comings, string After, string Until, int Requests, int BytesAhead, int Style)
    {
        public override string ToString() =>
            $"prefix '{Prefix}', delimiter {Delimiter}, pages of {PageSize}, after '{After}', until '{Until}', {Requests} requests, {BytesAhead} bytes, style {Style}\n"
            + $"keys: {string.Join(' ', Keys.Select(key => new ObjectKey(key.Length > 100 ? key[^100..] : key)))}\ncoming and going: {string.Join(' ', Comings)}";
    }
}
