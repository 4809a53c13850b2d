namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Ways in which a listing does not end.</summary>
public enum ListingLoop
{
    /// <summary>Each page names the same token and is the first page again.</summary>
    SameToken,
    /// <summary>A few right pages, then the first again: tokens and keys come round.</summary>
    Cycle,
    /// <summary>Each page names a token that was never there before, and is the first page again.</summary>
    FreshTokens,
    /// <summary>The page says that there are more and names no token.</summary>
    NoToken,
}
