using System.Text;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>Keys of any kind arrive byte for byte.</summary>
public sealed class KeyTests
{
    private static readonly string[] _keys =
    [
        "a", "a/", "a//b", "/a", "//", "a/./b", "a/../b", "..", "%", "%2F", "a%2Fb", "sp ace", "a+b", "a&b=c", "a?b#c", "é/漢", "😀", "a\nb", "z\0z", "\"'<>", "~*()!$,;:@",
    ];

    [Test, CancelAfter(30_000)]
    public async Task A_key_is_found_under_exactly_its_bytes([ValueSource(nameof(_keys))] string key, CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        foreach (string other in _keys)
            client.Bucket.Put(other, "content of " + other);
        using HttpResponseMessage response = await client.GetAsync("/" + Escape(key), cancellationToken);
        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(await response.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("content of " + key));
        Assert.That(client.Server.Requests.Entries.Single().Key, Is.EqualTo(new ObjectKey(key)));
    }

    [Test, CancelAfter(10_000)]
    public async Task The_host_may_name_the_bucket(CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        client.Bucket.Put("bucket/x", "found");
        using HttpResponseMessage response = await client.SendRawAsync(HttpMethod.Get, "/bucket/x", cancellationToken, ("Host", $"bucket.localhost:{client.Server.Port}"));
        Assert.That(await response.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("found"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_key_may_be_1024_bytes_long_and_no_longer(CancellationToken cancellationToken)
    {
        await using ServerClient client = await ServerClient.StartAsync();
        client.Bucket.Put(new ObjectKey(new string('k', 1024)), new BytesContent("long"u8.ToArray()));
        using HttpResponseMessage found = await client.GetAsync("/" + new string('k', 1024), cancellationToken);
        using HttpResponseMessage refused = await client.GetAsync("/" + new string('k', 1025), cancellationToken);
        Assert.That(await found.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("long"));
        Assert.That(await ServerClient.OutcomeAsync(refused, cancellationToken), Is.EqualTo("400 KeyTooLongError"));
    }

    // Every byte but letters is escaped, slashes too: nothing on the way may take them for structure.
    private static string Escape(string key) =>
        string.Concat(Encoding.UTF8.GetBytes(key).Select(b => char.IsAsciiLetter((char)b) ? ((char)b).ToString() : $"%{b:X2}"));
}
