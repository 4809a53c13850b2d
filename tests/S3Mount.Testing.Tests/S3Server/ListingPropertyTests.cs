using System.Text;
using System.Xml.Linq;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>On random trees the fake store and the server list what a plain reading of the S3 API says, page by page.</summary>
public sealed class ListingPropertyTests
{
    private static readonly string[] _letters = ["a", "b", "-", ".", "/", "/", "é", "0", " ", "+"];

    [Test, CancelAfter(60_000)]
    public async Task Fake_store_and_server_list_what_the_api_says([Range(1, 8)] int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using ServerClient client = await ServerClient.StartAsync();
        await using var store = new FakeObjectStore();
        string[] keys = [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => RandomText(random, 1, 7)).Distinct()];
        foreach (string key in keys)
        {
            client.Bucket.Put(key, key);
            store.Put(key, key);
        }
        for (int round = 0; round < 25; round++)
        {
            string prefix = random.Next(3) == 0 ? RandomText(random, 0, 3) : "";
            bool delimiter = random.Next(2) == 0;
            string? startAfter = random.Next(3) == 0 ? RandomText(random, 1, 4) : null;
            int pageSize = random.Next(1, 9);
            string description = $"prefix '{prefix}' delimiter {delimiter} after '{startAfter}' pages of {pageSize} of [{string.Join(", ", keys)}]";
            string[] expected = Model(keys, prefix, delimiter, startAfter);
            Assert.That(await ListFakeAsync(store, prefix, delimiter, startAfter, pageSize, cancellationToken), Is.EqualTo(expected), "fake: " + description);
            Assert.That(await ListServerAsync(client, prefix, delimiter, startAfter, pageSize, cancellationToken), Is.EqualTo(expected), "server: " + description);
        }
    }

    // Names in order; a common prefix counts as its own name, once.
    private static string[] Model(string[] keys, string prefix, bool delimiter, string? startAfter)
    {
        IEnumerable<string> matching = keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal));
        if (startAfter is not null)
            matching = matching.Where(key => Compare(key, startAfter) > 0);
        IEnumerable<string> names = matching.Select(key =>
        {
            int at = delimiter ? key.IndexOf('/', prefix.Length) : -1;
            return at < 0 ? "key " + key : "prefix " + key[..(at + 1)];
        });
        return [.. names.Distinct().OrderBy(name => name[(name.IndexOf(' ') + 1)..], Comparer<string>.Create(Compare))];
    }

    private static async Task<string[]> ListFakeAsync(FakeObjectStore store, string prefix, bool delimiter, string? startAfter, int pageSize, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            ListPage page = await store.ListPageAsync(
                new ListPageRequest
                {
                    Prefix = new ObjectKey(prefix),
                    Delimiter = delimiter,
                    StartAfter = startAfter is null ? null : new ObjectKey(startAfter),
                    ContinuationToken = token,
                    MaxKeys = pageSize,
                },
                cancellationToken);
            Assert.That(page.Objects.Length + page.CommonPrefixes.Length, Is.EqualTo(pageSize).Or.LessThan(pageSize).And.Matches<int>(_ => !page.IsTruncated));
            names.AddRange(InOrder(Keys(page), Prefixes(page)));
            token = page.NextContinuationToken;
        }
        while (token is not null);
        return [.. names];
    }

    private static async Task<string[]> ListServerAsync(ServerClient client, string prefix, bool delimiter, string? startAfter, int pageSize, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        string token = "";
        do
        {
            string query = $"list-type=2&encoding-type=url&max-keys={pageSize}&prefix={Uri.EscapeDataString(prefix)}";
            if (delimiter)
                query += "&delimiter=%2F";
            if (startAfter is not null)
                query += "&start-after=" + Uri.EscapeDataString(startAfter);
            if (token.Length > 0)
                query += "&continuation-token=" + Uri.EscapeDataString(token);
            XElement page = await client.ListAsync(query, cancellationToken);
            names.AddRange(InOrder(ServerClient.Keys(page).Select(Decode), ServerClient.Prefixes(page).Select(Decode)));
            token = page.Element(ServerClient.Namespace + "NextContinuationToken")?.Value ?? "";
        }
        while (token.Length > 0);
        return [.. names];
    }

    private static string Decode(string listed) => Uri.UnescapeDataString(listed.Replace('+', ' '));

    private static IEnumerable<string> InOrder(IEnumerable<string> keys, IEnumerable<string> prefixes) =>
        keys.Select(key => (Name: key, Kind: "key ")).Concat(prefixes.Select(prefix => (Name: prefix, Kind: "prefix ")))
            .OrderBy(entry => entry.Name, Comparer<string>.Create(Compare)).Select(entry => entry.Kind + entry.Name);

    private static IEnumerable<string> Keys(ListPage page)
    {
        for (int i = 0; i < page.Objects.Length; i++)
            yield return Encoding.UTF8.GetString(page.KeyOf(page.Objects.Span[i]));
    }

    private static IEnumerable<string> Prefixes(ListPage page)
    {
        for (int i = 0; i < page.CommonPrefixes.Length; i++)
            yield return Encoding.UTF8.GetString(page.KeyOf(page.CommonPrefixes.Span[i]));
    }

    private static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static string RandomText(Random random, int shortest, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(shortest, longest + 1)).Select(_ => _letters[random.Next(_letters.Length)]));
}
