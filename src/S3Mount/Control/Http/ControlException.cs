namespace S3Mount.Control.Http;

/// <summary>A request that cannot be answered as it was meant; the message is the sentence that its client is shown.</summary>
internal sealed class ControlException(int status, string message) : Exception(message)
{
    /// <summary>Of HTTP: 400 wrong, 403 not allowed, 404 no such thing, 503 not now, ...</summary>
    public int Status => status;
}
