using System.Text;
using FsCheck;
using FsCheck.Fluent;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>Keys in pages, some of which come and go between one page and the next, and the range of them that is scanned.</summary>
internal sealed record ScanScenario(
    string Prefix, bool Delimiter, int PageSize, string[] Keys, string[] Comings, string After, string Until, int Requests, int BytesAhead, StartAfterStyle Style)
{
    // The neighbours of '/', prefixes of each other, and U+FFFD, which sorts before U+10000 in UTF-8 and behind it in UTF-16.
    public static string[] Components { get; } =
    [
        "a", "a-", "a.", "a0", "a!", "b", "ab", "aa", "aaa", "0", "1", "10", "9", "-", ".", " ", "\u0001", "é", "中", "丮", "\uFFFD", "\U00010000", "\U0010FFFF", "~",
    ];

    public KeyRange Range => new() { Prefix = new ObjectKey(Prefix), Delimiter = Delimiter, After = Bound(After), Until = Bound(Until) };

    public static Gen<string> Key(string prefix) => Gen.Frequency(
        (8, from length in Gen.Choose(1, 3) from parts in Gen.ArrayOf(Gen.Elements(Components), length) select prefix + string.Concat(parts)),
        (4, from length in Gen.Choose(1, 3) from parts in Gen.ArrayOf(Gen.Elements(Components), length) select prefix + string.Join('/', parts)),
        (8, from number in Gen.Choose(0, 3000) select FormattableString.Invariant($"{prefix}{number}")),
        (2, from number in Gen.Choose(0, 400) select FormattableString.Invariant($"{prefix}a/{number}")),
        (1, from number in Gen.Choose(0, 9) select prefix + new string('k', ObjectKey.MaxLength - 1 - Encoding.UTF8.GetByteCount(prefix)) + number),
        (1, from one in Gen.Elements(Components) select one));

    /// <summary>What is wrong with a scan of the scenario; null: nothing.</summary>
    /// <param name="scan">The pages of <see cref="Range"/> that a store lists.</param>
    public async Task<string?> FailureAsync(Func<IObjectStore, CancellationToken, IAsyncEnumerable<ListPage>> scan, int seed, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        await using var store = new FakeObjectStore { PageSize = PageSize, CompletesAsynchronously = Requests % 2 == 0 };
        foreach (string key in Keys)
            store.Put(key, "");
        ListingStore listing = Listing(store, seed);
        List<byte[]> found;
        try
        {
            found = [.. (await KeyRangeScannerTests.KeysOfAsync(scan(listing, deadline.Token))).Select(Encoding.UTF8.GetBytes)];
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
        return Compare(found) ?? (listing.InFlight == 0 ? null : "requests are left");
    }

    public override string ToString() =>
        $"prefix '{Prefix}', delimiter {Delimiter}, pages of {PageSize}, after '{After}', until '{Until}', {Requests} requests, {BytesAhead} bytes, {Style}\n"
        + $"keys: {string.Join(' ', Keys.Select(key => new ObjectKey(key.Length > 100 ? key[^100..] : key)))}\ncoming and going: {string.Join(' ', Comings)}";

    private ListingStore Listing(FakeObjectStore store, int seed)
    {
        var random = new Random(seed);
        var gate = new Lock();
        return new ListingStore((request, token) =>
        {
            lock (gate)
            {
                foreach (string key in Comings)
                {
                    if (random.Next(3) != 0)
                        continue;
                    if (random.Next(2) == 0)
                        store.Put(key, "");
                    else
                        store.Delete(key);
                }
            }
            if (Style == StartAfterStyle.Refused && request.StartAfter is not null)
                throw new ObjectStoreException(ObjectStoreFailure.Rejected, "no such parameter");
            bool isIgnored = Style == StartAfterStyle.Ignored || (Style == StartAfterStyle.IgnoredLater && store.Lists > 6);
            return store.ListPageAsync(isIgnored ? request with { StartAfter = null } : request, token);
        });
    }

    private string? Compare(List<byte[]> found)
    {
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i - 1].AsSpan().SequenceCompareTo(found[i]) >= 0)
                return $"'{Text(found[i])}' comes behind '{Text(found[i - 1])}'";
        }
        HashSet<string> present = [.. found.Select(Text)];
        HashSet<string> must = Shown(Keys), may = Shown(Keys.Concat(Comings));
        if (must.FirstOrDefault(key => !present.Contains(key)) is { } missing)
            return $"'{missing}' is missing";
        return present.FirstOrDefault(key => !may.Contains(key)) is { } invented ? $"'{invented}' never was" : null;
    }

    private HashSet<string> Shown(IEnumerable<string> keys)
    {
        var shown = new HashSet<string>();
        foreach (string key in keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            int slash = Delimiter ? key.IndexOf('/', Prefix.Length) : -1;
            byte[] entry = Encoding.UTF8.GetBytes(slash < 0 ? key : key[..(slash + 1)]);
            if ((After.Length == 0 || entry.AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(After)) > 0)
                && (Until.Length == 0 || entry.AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(Until)) <= 0))
                shown.Add(Text(entry));
        }
        return shown;
    }

    private static string Text(byte[] key) => Encoding.UTF8.GetString(key);

    private static ObjectKey? Bound(string key) => key.Length == 0 ? null : new ObjectKey(key);
}
