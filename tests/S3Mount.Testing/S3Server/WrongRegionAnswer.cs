namespace S3Mount.Testing.S3Server;

/// <summary>What a request gets that is signed for another region than the bucket's; each names the right one.</summary>
public enum WrongRegionAnswer
{
    /// <summary>It is served.</summary>
    None,
    /// <summary>400 AuthorizationHeaderMalformed.</summary>
    AuthorizationHeaderMalformed,
    /// <summary>301 PermanentRedirect.</summary>
    PermanentRedirect,
}
