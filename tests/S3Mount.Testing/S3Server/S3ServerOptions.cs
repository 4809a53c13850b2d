namespace S3Mount.Testing.S3Server;

/// <summary>How an <see cref="S3TestServer"/> starts.</summary>
public sealed record S3ServerOptions
{
    public const string DefaultAccessKey = "TESTACCESSKEY";
    public const string DefaultSecretKey = "test/secret+key";

    /// <summary>On 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>More can be added while the server runs.</summary>
    public IReadOnlyList<S3Credentials> Credentials { get; init; } = [new S3Credentials(DefaultAccessKey, DefaultSecretKey)];

    /// <summary>The server's URL is https; clients must trust <see cref="S3TestServer.AuthorityPem"/>.</summary>
    public bool UsesTls { get; init; }

    /// <summary>Nothing is checked: neither signatures nor who may read.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Of buckets that are made without a region.</summary>
    public string Region { get; init; } = "us-east-1";

    public WrongRegionAnswer WrongRegionAnswer { get; init; } = WrongRegionAnswer.None;

    /// <summary>A request to host <c>bucket.localhost</c> names its bucket there.</summary>
    public string HostSuffix { get; init; } = "localhost";

    public S3ServerSpeed Speed { get; init; } = S3ServerSpeed.Unlimited;

    public S3ListingStyle Listing { get; init; } = new();

    public S3ChecksumStyle Checksums { get; init; } = new();

    /// <summary>Requests that <see cref="S3TestServer.Requests"/> remembers, the latest ones.</summary>
    public int RequestLogCapacity { get; init; } = 10_000;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>By how much the server's idea of the date is ahead of the clock.</summary>
    public TimeSpan ClockOffset { get; init; }
}
