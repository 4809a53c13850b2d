using System.Text.Json.Serialization;

namespace S3Mount.FileSystem.Explaining;

/// <summary>Where what is known of a name comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KnownBy>))]
public enum KnownBy
{
    /// <summary>The listing of its directory that may answer now.</summary>
    Listing,

    /// <summary>An answer about this name alone.</summary>
    Lookup,

    /// <summary>Nothing that still holds: the store was asked for this explanation.</summary>
    Store,
}
