namespace S3Mount.ObjectStore.S3;

/// <summary>Why tries fail, in as few words as a chart has room for.</summary>
public enum S3FailureCause
{
    /// <summary>The store says that it is asked too much.</summary>
    Throttled,

    /// <summary>Nothing came for as long as a try waits.</summary>
    TimedOut,

    /// <summary>No connection, or one that broke.</summary>
    Connection,

    /// <summary>The store is in trouble (5xx).</summary>
    Server,

    /// <summary>401, 403, credentials that have expired or cannot be had.</summary>
    Denied,

    NotFound,

    /// <summary>The object has another version by now.</summary>
    Changed,

    /// <summary>An answer that is not what was asked for.</summary>
    Unusable,

    /// <summary>Whatever else the store refuses.</summary>
    Refused,
}
