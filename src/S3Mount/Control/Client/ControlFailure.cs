namespace S3Mount.Control.Client;

/// <summary>Why a mount could not be asked, or what it answered instead of an answer.</summary>
internal enum ControlFailure
{
    /// <summary>It belongs to another user.</summary>
    NotAllowed,
    /// <summary>It has no control socket, or not in a place that is known here.</summary>
    NoSocket,
    /// <summary>Nobody listens on its socket: its daemon has died.</summary>
    Dead,
    /// <summary>Its daemon lives, and did not answer in time.</summary>
    NoAnswer,
    /// <summary>It answered that it cannot or will not.</summary>
    Refused,
}
