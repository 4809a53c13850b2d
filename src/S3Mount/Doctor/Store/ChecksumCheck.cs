namespace S3Mount.Doctor.Store;

/// <summary>Whether the store sends checksums with whole objects, by which a mount notices bytes that changed on the way.</summary>
internal sealed class ChecksumCheck(Findings findings) : ICheck
{
    /// <summary>What a mount compares (README, "What happens when").</summary>
    private const long Largest = 1 << 20;

    public CheckArea Area => CheckArea.Store;

    public string Name => "checksums";

    public TimeSpan Deadline => TimeSpan.FromSeconds(35);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Store is not { } opened || !findings.IsReadable)
            return CheckResult.Skipped("no object can be read");
        if (findings.Sample.Objects.FirstOrDefault(one => one.Version.Size <= Largest) is not { } small)
            return CheckResult.Skipped("of the objects that were listed none is small enough (1 MiB)");
        long before = opened.Compared();
        await opened.Store.ReadRangeAsync(small.Key, small.Version, 0, new byte[small.Version.Size], null, cancellationToken).ConfigureAwait(false);
        if (opened.Compared() > before)
            return CheckResult.Ok("come with small objects, and are compared");
        return findings.Place?.Address.Scheme == Uri.UriSchemeHttps
            ? CheckResult.Ok("do not come; TLS notices bytes that change on the way")
            : CheckResult.Warning("do not come, and there is no TLS: bytes that change on the way go unnoticed", "upload with checksums (aws s3 cp --checksum-algorithm CRC32C), or use https");
    }
}
