namespace S3Mount.ObjectStore.S3;

/// <summary>What to do about a failed try.</summary>
internal enum S3Action
{
    /// <summary>Give the caller the failure.</summary>
    Fail,
    /// <summary>Wait a little and ask again.</summary>
    Retry,
    /// <summary>The answer cannot be used: ask again, but only a few times.</summary>
    AskAnew,
    /// <summary>Get other credentials, once, and sign anew.</summary>
    RefreshCredentials,
    /// <summary>Take the store's time and sign anew.</summary>
    AdjustClock,
    /// <summary>Sign for the region that the store named, once.</summary>
    FollowRegion,
    /// <summary>The answer to a HEAD has no body and so no code: a LIST of the key tells more.</summary>
    AskByList,
}
