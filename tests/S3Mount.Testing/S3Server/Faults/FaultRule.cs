using System.Text.Json.Serialization;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>
/// Which requests go wrong, and how. Of the requests that match and are above the capacity, the first few may be let pass, only
/// every n-th taken, and of those some at random.
/// </summary>
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

    /// <summary>Requests within this capacity pass and are not counted; null is none, so that all are above it.</summary>
    public FaultCapacity? Above { get; init; }

    /// <summary>Matching requests that pass before the first is taken.</summary>
    public int Skip { get; init; }

    /// <summary>After those, each n-th is taken, beginning with the first.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Of 1: how likely a request is taken for which it would be time.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Draws what is taken by <see cref="Probability"/>.</summary>
    public int Seed { get; init; }

    /// <summary>Requests to take in all; in JSON a number or <c>"always"</c>.</summary>
    [JsonConverter(typeof(TimesConverter))]
    public int Times { get; init; } = 1;

    /// <summary>No more are taken while the answers to this many are under way.</summary>
    public int AtOnce { get; init; } = int.MaxValue;

    public required FaultEffect Effect { get; init; }
}
