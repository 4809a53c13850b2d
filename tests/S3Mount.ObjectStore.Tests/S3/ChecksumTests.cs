using System.Buffers.Binary;
using System.Security.Cryptography;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Checksums that come with an answer, over a real socket.</summary>
internal sealed class ChecksumTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";
    private const string FullObject = "x-amz-checksum-type: FULL_OBJECT\n";

    private static readonly byte[] _content = WireTests.Ramp(100_000);
    private static readonly ObjectKey _key = new("k");

    // The published check values, and those of `openssl dgst`, of the bytes "123456789".
    [TestCase("crc32", "y/Q5Jg==")]
    [TestCase("crc32c", "4waSgw==")]
    [TestCase("crc64nvme", "rosUhgp5mIg=")]
    [TestCase("sha1", "98O8HYCOBHMq32eZZczDTKeuNEE=")]
    [TestCase("sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=")]
    public void Each_algorithm_has_its_value(string algorithm, string expected)
    {
        ResponseChecksum checksum = Read($"x-amz-checksum-{algorithm}: {expected}\n{FullObject}")!;
        Assert.That(checksum.Matches("123456789"u8), Is.True);
        Assert.That(checksum.Matches("123456788"u8), Is.False);
        Assert.That(checksum.Matches(""u8), Is.False);
    }

    // What a store says of the parts, and what is no checksum at all.
    [TestCase("x-amz-checksum-crc32c: 4waSgw==\nx-amz-checksum-type: COMPOSITE", Tag)]
    [TestCase("x-amz-checksum-crc32c: 4waSgw==-2\nx-amz-checksum-type: COMPOSITE", Tag + "-2")]
    [TestCase("x-amz-checksum-crc32c: 4waSgw==-2", Tag)]
    [TestCase("x-amz-checksum-crc32c: 4waSgw==", Tag + "-2")]
    [TestCase("x-amz-checksum-sha256: FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=", Tag + "-2")]
    [TestCase("x-amz-checksum-crc32c: 4waSgw==", null)]
    [TestCase("x-amz-checksum-crc64nvme: rosUhgp5mIg=\nx-amz-checksum-type: COMPOSITE", Tag)]
    [TestCase("x-amz-checksum-crc64nvme: rosUhgp5mIg=\nx-amz-checksum-type: SOMETHING", Tag)]
    [TestCase("x-amz-checksum-crc32c: 4waS\nx-amz-checksum-type: FULL_OBJECT", Tag)]
    [TestCase("x-amz-checksum-crc32c: ?\nx-amz-checksum-type: FULL_OBJECT", Tag)]
    [TestCase("x-amz-checksum-crc32c: rosUhgp5mIg=\nx-amz-checksum-type: FULL_OBJECT", Tag)]
    [TestCase("x-amz-checksum-xxhash: 4waSgw==\nx-amz-checksum-type: FULL_OBJECT", Tag)]
    [TestCase("x-amz-checksum-type: FULL_OBJECT", Tag)]
    [TestCase("", Tag)]
    public void What_is_not_of_the_bytes_is_not_believed(string headers, string? etag) => Assert.That(Read(headers, etag), Is.Null);

    [TestCase("x-amz-checksum-crc64nvme: rosUhgp5mIg=", Tag + "-2", "CRC64NVME")]
    [TestCase("x-amz-checksum-crc32c: 4waSgw==", Tag, "CRC32C")]
    [TestCase("x-amz-checksum-crc32: y/Q5Jg==\nx-amz-checksum-type: FULL_OBJECT", Tag + "-2", "CRC32")]
    [TestCase("x-amz-checksum-crc32: ?\nx-amz-checksum-sha1: 98O8HYCOBHMq32eZZczDTKeuNEE=\nx-amz-checksum-type: FULL_OBJECT", Tag, "SHA1")]
    public void What_can_only_be_of_the_bytes_is_believed(string headers, string etag, string expected) =>
        Assert.That(Read(headers, etag)?.Name, Is.EqualTo(expected));

    [Test, CancelAfter(10_000)]
    public async Task A_damaged_object_is_fetched_anew_and_nobody_sees_the_damage(
        [Values("crc32", "crc32c", "crc64nvme", "sha1", "sha256")] string algorithm, [Values(1, 2)] int damaged, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((head, index) => With(Header(algorithm), index < damaged ? Damaged(head) : ScriptedAnswer.Range(head, _content, Tag)));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[_content.Length];
        var progress = new ProgressLog();
        await store.ReadRangeAsync(_key, Version, 0, destination, progress, cancellationToken);
        Assert.That(destination, Is.EqualTo(_content));
        Assert.That(progress.Steps, Is.EqualTo(new[] { _content.Length }));
        Assert.That(server.Heads, Has.Count.EqualTo(1 + damaged + 1));
        Assert.That(server.Heads.Skip(1), Has.All.Contains("x-amz-checksum-mode: ENABLED").IgnoreCase);
    }

    [Test, CancelAfter(10_000)]
    public async Task An_object_that_stays_damaged_is_an_error_and_is_never_shown([Values("crc32c", "crc64nvme", "sha256")] string algorithm, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((head, _) => With(Header(algorithm) + "x-amz-request-id: R7\n", Damaged(head)));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        var progress = new ProgressLog();
        ObjectStoreException failure = Assert.ThrowsAsync<ObjectStoreException>(async () =>
            await store.ReadRangeAsync(_key, Version, 0, new byte[_content.Length], progress, cancellationToken))!;
        Assert.That(failure.Failure, Is.EqualTo(ObjectStoreFailure.Malformed));
        Assert.That(failure.Message, Does.Contain(algorithm.ToUpperInvariant()).And.Contain("R7"));
        Assert.That(progress.Steps, Is.Empty);
        Assert.That(server.Heads, Has.Count.EqualTo(1 + 3));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_that_breaks_off_is_resumed_and_checked_as_a_whole([Values] bool isDamaged, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((head, index) => index switch
        {
            0 => With(Header("crc64nvme"), isDamaged ? Damaged(head) : ScriptedAnswer.Range(head, _content, Tag)).CutAfterBody(70_000),
            // Not of these bytes: a store that sends the checksum with any range.
            1 => With(Header("crc64nvme"), ScriptedAnswer.Range(head, _content, Tag)).CutAfterBody(10_000),
            _ => With(Header("crc64nvme"), ScriptedAnswer.Range(head, _content, Tag)),
        });
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[_content.Length];
        var progress = new ProgressLog();
        await store.ReadRangeAsync(_key, Version, 0, destination, progress, cancellationToken);
        Assert.That(destination, Is.EqualTo(_content));
        Assert.That(progress.Steps, Is.EqualTo(new[] { _content.Length }));
        int[] expected = isDamaged ? [0, 70_000, 80_000, 0] : [0, 70_000, 80_000];
        Assert.That(server.Heads.Skip(1).Select(head => ScriptedAnswer.RequestedRange(head).First), Is.EqualTo(expected));
    }

    [TestCase(1, 99_999)]
    [TestCase(0, 99_999)]
    [CancelAfter(10_000)]
    public async Task A_part_of_an_object_is_not_compared_with_the_checksum_of_the_whole(int offset, int length, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((head, _) => With(Header("crc32c"), ScriptedAnswer.Range(head, _content, Tag)));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[length];
        await store.ReadRangeAsync(_key, Version, offset, destination, null, cancellationToken);
        Assert.That(destination, Is.EqualTo(_content[offset..(offset + length)]));
        Assert.That(server.Heads[^1], Does.Not.Contain("x-amz-checksum-mode").IgnoreCase);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_large_object_is_shown_as_it_comes(CancellationToken cancellationToken)
    {
        byte[] large = WireTests.Ramp((1 << 20) + 1);
        await using ScriptedServer server = Stores.Server((head, _) => ScriptedAnswer.Range(head, large, Tag));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[large.Length];
        await store.ReadRangeAsync(_key, Version with { Size = large.Length }, 0, destination, null, cancellationToken);
        Assert.That(destination.AsSpan().SequenceEqual(large), Is.True);
        Assert.That(server.Heads[^1], Does.Not.Contain("x-amz-checksum-mode").IgnoreCase);
    }

    [Test, CancelAfter(10_000)]
    public async Task Without_a_checksum_bytes_are_shown_as_they_come(CancellationToken cancellationToken)
    {
        var gate = new TaskCompletionSource();
        await using ScriptedServer server = Stores.Server((head, _) => ScriptedAnswer.Range(head, _content, Tag).StallAfterBody(1000, gate.Task));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        var progress = new ProgressLog();
        Task read = store.ReadRangeAsync(_key, Version, 0, new byte[_content.Length], progress, cancellationToken).AsTask();
        await progress.WaitForAsync(1000, cancellationToken);
        gate.SetResult();
        await read;
    }

    [Test, CancelAfter(10_000)]
    public async Task An_answer_that_cannot_be_used_is_asked_for_anew([Values(0, 1)] int kind, CancellationToken cancellationToken)
    {
        ScriptedAnswer[] broken = [ScriptedAnswer.Of("200 OK", "", "<html>"), ScriptedAnswer.Of("404 Not Found", "", "<html>")];
        await using ScriptedServer server = Stores.Server((head, index) => index < 2 ? broken[kind] : ScriptedAnswer.Range(head, _content, Tag));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[10];
        await store.ReadRangeAsync(_key, Version, 0, destination, null, cancellationToken);
        Assert.That(destination, Is.EqualTo(_content[..10]));
        Assert.That(store.Statistics.Retries, Is.EqualTo(2));
    }

    private static ObjectVersion Version => new(ETag.Parse(Tag), _content.Length, 1255369830);

    private static ScriptedAnswer Damaged(string head)
    {
        byte[] damaged = [.. _content];
        damaged[54_321] ^= 0x10;
        return ScriptedAnswer.Range(head, damaged, Tag);
    }

    private static ScriptedAnswer With(string headers, ScriptedAnswer answer)
    {
        byte[] line = System.Text.Encoding.ASCII.GetBytes(headers.Replace("\n", "\r\n", StringComparison.Ordinal));
        int at = answer.Bytes.AsSpan().IndexOf("\r\n"u8) + 2;
        return answer with { Bytes = [.. answer.Bytes[..at], .. line, .. answer.Bytes[at..]] };
    }

    private static string Header(string algorithm)
    {
        byte[] value = new byte[algorithm == "crc64nvme" ? 8 : 4];
        switch (algorithm)
        {
            case "sha1":
#pragma warning disable CA5350 // what the store offers
                value = SHA1.HashData(_content);
#pragma warning restore CA5350
                break;
            case "sha256":
                value = SHA256.HashData(_content);
                break;
            case "crc64nvme":
                BinaryPrimitives.WriteUInt64BigEndian(value, FoldedCrc.Crc64Nvme.Compute(_content));
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(value, algorithm == "crc32c" ? Crc32C.Append(0, _content) : (uint)FoldedCrc.Crc32.Compute(_content));
                break;
        }
        return $"x-amz-checksum-{algorithm}: {Convert.ToBase64String(value)}\n{FullObject}";
    }

    private static ResponseChecksum? Read(string headers, string? etag = Tag)
    {
        using var response = new HttpResponseMessage();
        foreach (string line in headers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            response.Headers.TryAddWithoutValidation(line.Split(": ")[0], line.Split(": ")[1]);
        return ResponseChecksum.Of(response.Headers, ETag.Parse(etag));
    }
}
