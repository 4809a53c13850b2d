using System.Text.Json.Serialization;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Which requests go wrong, and how. Of the requests that match, the first few may be let pass, and only every n-th taken.</summary>
public sealed record FaultRule
{
    public const int Always = int.MaxValue;

    /// <summary>Null for any.</summary>
    public S3Operation? Operation { get; init; }

    /// <summary>A pattern with <c>*</c> and <c>?</c> for the key, or for the prefix of a listing; null for any.</summary>
    public string? Key { get; init; }

    /// <summary>What else must hold.</summary>
    [JsonIgnore]
    public Func<S3Request, bool>? When { get; init; }

    /// <summary>Matching requests that pass before the first is taken.</summary>
    public int Skip { get; init; }

    /// <summary>After those, each n-th is taken, beginning with the first.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Requests to take in all.</summary>
    public int Times { get; init; } = 1;

    public required FaultEffect Effect { get; init; }
}
