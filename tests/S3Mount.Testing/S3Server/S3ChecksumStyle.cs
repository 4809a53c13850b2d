namespace S3Mount.Testing.S3Server;

/// <summary>Where stores differ in the checksums that they answer with for <c>x-amz-checksum-mode: ENABLED</c>.</summary>
public sealed record S3ChecksumStyle
{
    /// <summary>Whether x-amz-checksum-type is sent; stores of before 2025 know none.</summary>
    public bool SaysType { get; init; } = true;

    /// <summary>Whether a composite checksum has <c>-N</c> behind it in the answer to a request with a range; AWS leaves it out there.</summary>
    public bool SaysPartsOfRanges { get; init; }

    /// <summary>Whether it has it in other answers.</summary>
    public bool SaysParts { get; init; } = true;

    /// <summary>Whether the checksum of the whole object is sent with parts of it too, as some stores do: it is not of those bytes.</summary>
    public bool SendsWithAnyRange { get; init; }
}
