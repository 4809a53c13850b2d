using System.Text;
using System.Xml.Linq;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>A bucket whose objects are computed answers, byte for byte, as one that holds the same objects.</summary>
public sealed class SyntheticListingTests
{
    private static readonly SyntheticKeys[] _sets =
    [
        new ClassKeys("in/", 5, 60),
        new FlatKeys("f ü/", 90),
        new FlatKeys("", 90, FlatPattern.Numbers),
        new FlatKeys("", 90, FlatPattern.Skewed),
        new SmallDirectoryKeys("small/", 30, 3),
        new SpeechKeys("", 3, 3, 10),
    ];

    [Test, CancelAfter(60_000)]
    public async Task A_computed_bucket_lists_as_one_that_holds_its_objects([Range(0, 5)] int set, [Values] bool isChanged, CancellationToken cancellationToken)
    {
        SyntheticKeys keys = _sets[set];
        var random = new Random(set);
        await using ServerClient computed = await ServerClient.StartAsync();
        await using ServerClient held = await ServerClient.StartAsync();
        computed.Bucket.AddSynthetic(keys);
        for (int i = 0; i < keys.Count; i++)
            held.Bucket.Objects.Put(Stored(keys[i]));
        if (isChanged)
            Change(random, keys, computed, held);
        for (int round = 0; round < 60; round++)
        {
            string query = RandomQuery(random, keys, isFirstVersion: round % 4 == 3);
            Assert.That(await PagesAsync(computed, query, cancellationToken), Is.EqualTo(await PagesAsync(held, query, cancellationToken)), query);
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task A_computed_object_is_read_as_it_is_listed(CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        client.Bucket.AddSynthetic(new ClassKeys("in/", 5, 60), new FlatKeys("large/", 1_000_000));
        foreach (XElement listed in (await client.ListAsync("list-type=2&max-keys=70", cancellationToken)).Elements(ServerClient.Namespace + "Contents"))
        {
            string key = listed.Element(ServerClient.Namespace + "Key")!.Value;
            using HttpResponseMessage response = await client.GetAsync("/" + key, cancellationToken, ("If-Match", listed.Element(ServerClient.Namespace + "ETag")!.Value));
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            Assert.That((int)response.StatusCode, Is.EqualTo(200));
            Assert.That(bytes, Has.Length.EqualTo((int)listed.Element(ServerClient.Namespace + "Size")!));
            Assert.That(response.Content.Headers.LastModified, Is.EqualTo((DateTimeOffset)listed.Element(ServerClient.Namespace + "LastModified")!));
            Assert.That(Ramp.FirstDifference(bytes, 0, bytes[0]), Is.EqualTo(-1));
        }
        using HttpResponseMessage missing = await client.GetAsync("/large/img_", cancellationToken);
        Assert.That(await ServerClient.OutcomeAsync(missing, cancellationToken), Is.EqualTo("404 NoSuchKey"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_computed_object_is_replaced_and_deleted_like_another(CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        var keys = new FlatKeys("", 3, FlatPattern.Numbers);
        client.Bucket.AddSynthetic(keys);
        using (HttpResponseMessage put = await client.SendAsync(HttpMethod.Put, "/2.jpg", cancellationToken, ("body", "new")))
            Assert.That((int)put.StatusCode, Is.EqualTo(200));
        using (HttpResponseMessage deleted = await client.SendAsync(HttpMethod.Delete, "/1.jpg", cancellationToken))
            Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
        Assert.That(ServerClient.Keys(await client.ListAsync("list-type=2", cancellationToken)), Is.EqualTo(["2.jpg", "3.jpg"]));
        using HttpResponseMessage replaced = await client.GetAsync("/2.jpg", cancellationToken);
        using HttpResponseMessage gone = await client.GetAsync("/1.jpg", cancellationToken);
        Assert.That((await replaced.Content.ReadAsStringAsync(cancellationToken), (int)gone.StatusCode), Is.EqualTo(("new", 404)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Pages_that_are_sent_at_once_do_not_mix(CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        client.Bucket.AddSynthetic(new ClassKeys("", 20, 6000));
        string[] expected = new string[20];
        for (int i = 0; i < expected.Length; i++)
            expected[i] = await PageAsync(i);
        // Answers that end in the middle give their memory back too.
        client.Server.Faults.Add(new FaultRule { Operation = S3Operation.ListObjectsV2, Every = 5, Times = FaultRule.Always, Effect = new CutFault(50_000) });
        int[] cut = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            int failures = 0;
            for (int i = 0; i < 60; i++)
            {
                int @class = (worker + i) % expected.Length;
                try
                {
                    Assert.That(await PageAsync(@class), Is.EqualTo(expected[@class]));
                }
                catch (HttpRequestException)
                {
                    failures++;
                }
            }
            return failures;
        }));
        Assert.That(cut.Sum(), Is.EqualTo(8 * 60 / 5));

        async Task<string> PageAsync(int @class)
        {
            using HttpResponseMessage response = await client.GetAsync($"?list-type=2&max-keys=250&start-after=n{1_440_764 + (@class * 13_717):d8}", cancellationToken);
            return await response.Content.ReadAsStringAsync(cancellationToken);
        }
    }

    private static StoredObject Stored(ObjectKey key)
    {
        var version = SyntheticVersion.Of(key.Span);
        return new StoredObject { Key = key, Content = version.Content, ETag = version.ETag, LastModified = version.LastModified };
    }

    private static void Change(Random random, SyntheticKeys keys, ServerClient computed, ServerClient held)
    {
        for (int i = 0; i < 12; i++)
        {
            string key = Encoding.UTF8.GetString(keys[random.Next(keys.Count)].Span);
            key += random.Next(3) switch { 0 => "", 1 => "-more", _ => "/below" };
            foreach (ServerClient client in (ServerClient[])[computed, held])
            {
                if (i < 6)
                    client.Bucket.Put(key, "put " + key, DateTimeOffset.UnixEpoch);
                else
                    client.Bucket.Delete(key);
            }
        }
        // A whole directory goes.
        for (int i = 0; i < 3; i++)
        {
            string key = Encoding.UTF8.GetString(keys[i].Span);
            Assert.That(computed.Bucket.Delete(key), Is.EqualTo(held.Bucket.Delete(key)));
        }
    }

    private static string RandomQuery(Random random, SyntheticKeys keys, bool isFirstVersion)
    {
        string query = $"max-keys={random.Next(1, 40)}" + (random.Next(2) == 0 ? "&encoding-type=url" : "") + (random.Next(2) == 0 ? "&delimiter=%2F" : "");
        if (random.Next(2) == 0)
            query += "&prefix=" + Escape(Part(random, keys));
        if (random.Next(2) == 0)
            query += (isFirstVersion ? "&marker=" : "&start-after=") + Escape(Part(random, keys));
        return isFirstVersion ? query : "list-type=2&" + query;
    }

    private static byte[] Part(Random random, SyntheticKeys keys)
    {
        ReadOnlySpan<byte> key = keys[random.Next(keys.Count)].Span;
        return random.Next(3) switch
        {
            0 => key.ToArray(),
            1 => key[..(key.IndexOf((byte)'/') + 1)].ToArray(),
            _ => key[..Math.Min(key.Length, 5 + random.Next(10))].ToArray(),
        };
    }

    private static string Escape(byte[] bytes) => string.Concat(bytes.Select(b => $"%{b:X2}"));

    // The documents of all pages; of a listing of the first version the first one only.
    private static async Task<string> PagesAsync(ServerClient client, string query, CancellationToken cancellationToken)
    {
        var pages = new StringBuilder();
        string token = "";
        do
        {
            using HttpResponseMessage response = await client.GetAsync($"?{query}{token}", cancellationToken);
            string page = await response.Content.ReadAsStringAsync(cancellationToken);
            pages.AppendLine(page);
            string next = XElement.Parse(page).Element(ServerClient.Namespace + "NextContinuationToken")?.Value ?? "";
            token = next.Length == 0 ? "" : "&continuation-token=" + Uri.EscapeDataString(next);
        }
        while (token.Length > 0);
        return pages.ToString();
    }
}
