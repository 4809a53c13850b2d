namespace S3Mount.Testing.S3Server;

/// <summary>What happens to new connections; those that are open stay as they are.</summary>
public enum ConnectionMode
{
    Serve,
    /// <summary>Nobody listens: the kernel answers with a reset.</summary>
    Refuse,
    /// <summary>They are accepted, and nothing is ever answered on them.</summary>
    Silence,
    /// <summary>They are accepted and ended at once.</summary>
    Close,
}
