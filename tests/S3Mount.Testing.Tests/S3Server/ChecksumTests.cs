using System.Text;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>The checksums that a store keeps, and with which answers it sends them.</summary>
public sealed class ChecksumTests
{
    private static readonly (string, string) _enabled = ("x-amz-checksum-mode", "ENABLED");

    private ServerClient _client = null!;

    [SetUp]
    public async Task Start() => _client = await ServerClient.StartAsync();

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    // The check values of the catalogue of CRC algorithms; FIPS 180-4 for the others, computed with sha1sum and sha256sum.
    [TestCase(ChecksumAlgorithm.Crc32, "CBF43926")]
    [TestCase(ChecksumAlgorithm.Crc32C, "E3069283")]
    [TestCase(ChecksumAlgorithm.Crc64Nvme, "AE8B14860A799888")]
    [TestCase(ChecksumAlgorithm.Sha1, "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [TestCase(ChecksumAlgorithm.Sha256, "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void Nine_digits_have_the_checksum_that_all_agree_on(ChecksumAlgorithm algorithm, string expected)
    {
        var whole = StoredChecksum.FullObject(algorithm, Bytes("123456789"));
        var pieces = StoredChecksum.FullObject(algorithm, new CompositeContent([Bytes("123"), Bytes("4"), Bytes("56789")]));
        Assert.That(Convert.ToHexString(Convert.FromBase64String(whole.Base64)), Is.EqualTo(expected));
        Assert.That(pieces, Is.EqualTo(whole));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_checksum_comes_with_the_whole_object_to_who_asks_for_it([Values] ChecksumAlgorithm algorithm, CancellationToken cancellationToken)
    {
        _client.Bucket.Checksums = algorithm;
        StoredObject stored = _client.Bucket.Put("k", "123456789");
        string header = "x-amz-checksum-" + algorithm.ToString().ToLowerInvariant();
        foreach ((string Name, string Value)[] headers in ((string, string)[][])[[_enabled], [_enabled, ("Range", "bytes=0-8")], [_enabled, ("Range", "bytes=0-")]])
        {
            using HttpResponseMessage response = await _client.GetAsync("/k", cancellationToken, headers);
            Assert.That(Header(response, header), Is.EqualTo(stored.Checksum!.Base64));
            Assert.That(Header(response, "x-amz-checksum-type"), Is.EqualTo("FULL_OBJECT"));
        }
        foreach ((string Name, string Value)[] headers in ((string, string)[][])[[], [_enabled, ("Range", "bytes=1-8")], [_enabled, ("Range", "bytes=0-7")]])
        {
            using HttpResponseMessage response = await _client.GetAsync("/k", cancellationToken, headers);
            Assert.That((Header(response, header), Header(response, "x-amz-checksum-type")), Is.EqualTo(((string?)null, (string?)null)));
        }
    }

    [Test, CancelAfter(10_000)]
    public async Task A_checksum_of_parts_is_not_of_the_bytes(CancellationToken cancellationToken)
    {
        byte[][] parts = [Ramp.Create(100_000), Ramp.Create(50, 3)];
        StoredObject stored = _client.Bucket.PutParts("k", ChecksumAlgorithm.Crc32C, ChecksumType.Composite, parts);
        Assert.That(stored.Checksum!.Base64, Is.Not.EqualTo(StoredChecksum.FullObject(ChecksumAlgorithm.Crc32C, stored.Content).Base64));
        using HttpResponseMessage whole = await _client.GetAsync("/k", cancellationToken, _enabled);
        using HttpResponseMessage range = await _client.GetAsync("/k", cancellationToken, _enabled, ("Range", "bytes=0-100049"));
        Assert.That(Header(whole, "x-amz-checksum-crc32c"), Is.EqualTo(stored.Checksum.Base64 + "-2"));
        Assert.That(Header(range, "x-amz-checksum-crc32c"), Is.EqualTo(stored.Checksum.Base64));
        Assert.That(Header(whole, "x-amz-checksum-type"), Is.EqualTo("COMPOSITE"));
        Assert.That(Header(range, "x-amz-checksum-type"), Is.EqualTo("COMPOSITE"));
        Assert.That(await range.Content.ReadAsByteArrayAsync(cancellationToken), Is.EqualTo((byte[])[.. parts[0], .. parts[1]]));
    }

    [Test, CancelAfter(10_000)]
    public async Task Stores_that_know_no_type_or_send_checksums_with_parts_can_be_had(CancellationToken cancellationToken)
    {
        _client.Server.Checksums = new S3ChecksumStyle { SaysType = false, SaysPartsOfRanges = true, SendsWithAnyRange = true };
        StoredObject stored = _client.Bucket.PutParts("k", ChecksumAlgorithm.Sha256, ChecksumType.Composite, "1234"u8.ToArray(), "56789"u8.ToArray());
        using HttpResponseMessage range = await _client.GetAsync("/k", cancellationToken, _enabled, ("Range", "bytes=3-4"));
        Assert.That(Header(range, "x-amz-checksum-sha256"), Is.EqualTo(stored.Checksum!.Base64 + "-2"));
        Assert.That(Header(range, "x-amz-checksum-type"), Is.Null);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_flipped_byte_comes_with_the_checksum_of_the_right_ones(CancellationToken cancellationToken)
    {
        _client.Bucket.Checksums = ChecksumAlgorithm.Crc64Nvme;
        StoredObject stored = _client.Bucket.PutRamp("k", 100_000);
        _client.Server.Faults.Next(S3Operation.GetObject, new FlipFault(0) { Seed = 1 });
        using HttpResponseMessage response = await _client.GetAsync("/k", cancellationToken, _enabled);
        var received = new BytesContent(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        Assert.That(Header(response, "x-amz-checksum-crc64nvme"), Is.EqualTo(StoredChecksum.FullObject(ChecksumAlgorithm.Crc64Nvme, stored.Content).Base64));
        Assert.That(StoredChecksum.FullObject(ChecksumAlgorithm.Crc64Nvme, received), Is.Not.EqualTo(stored.Checksum));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_checksum_that_comes_with_an_upload_is_checked_and_kept(CancellationToken cancellationToken)
    {
        string sum = Convert.ToBase64String(Convert.FromHexString("AE8B14860A799888"));
        using HttpResponseMessage refused = await _client.SendAsync(HttpMethod.Put, "/k", cancellationToken, ("body", "123456780"), ("x-amz-checksum-crc64nvme", sum));
        Assert.That(await ServerClient.OutcomeAsync(refused, cancellationToken), Is.EqualTo("400 BadDigest"));
        (await _client.SendAsync(HttpMethod.Put, "/k", cancellationToken, ("body", "123456789"), ("x-amz-checksum-crc64nvme", sum))).Dispose();
        using HttpResponseMessage response = await _client.SendAsync(HttpMethod.Head, "/k", cancellationToken, _enabled);
        Assert.That(Header(response, "x-amz-checksum-crc64nvme"), Is.EqualTo(sum));
    }

    private static BytesContent Bytes(string text) => new(Encoding.ASCII.GetBytes(text));

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
