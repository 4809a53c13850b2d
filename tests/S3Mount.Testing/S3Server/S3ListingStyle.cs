namespace S3Mount.Testing.S3Server;

/// <summary>Where stores differ in their listings.</summary>
public sealed record S3ListingStyle
{
    /// <summary>Most objects and common prefixes of a page (S3: 1,000).</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>With encoding-type=url a space is <c>+</c> on AWS and <c>%20</c> on radosgw.</summary>
    public bool SpaceIsPlus { get; init; } = true;

    /// <summary>AWS lists whole seconds, radosgw milliseconds.</summary>
    public bool Milliseconds { get; init; }

    /// <summary>Whether encoding-type=url is heeded; some stores ignore it.</summary>
    public bool HeedsEncodingType { get; init; } = true;
}
