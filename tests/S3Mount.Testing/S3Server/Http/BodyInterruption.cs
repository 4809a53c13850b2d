namespace S3Mount.Testing.S3Server.Http;

/// <summary>Something that happens while an answer is being sent.</summary>
/// <param name="AfterBytes">Of the body; -1 is before the head.</param>
/// <param name="RunAsync">Waits, or ends the connection; false when there is nothing more to send.</param>
internal sealed record BodyInterruption(long AfterBytes, Func<HttpConnection, CancellationToken, ValueTask<bool>> RunAsync)
{
    public const long BeforeHead = -1;

    /// <summary><see cref="AfterBytes"/> are bytes of the head; after more than it has is after all of it.</summary>
    public bool IsInHead { get; init; }

    /// <summary>Orders interruptions as the bytes are sent.</summary>
    public (bool IsAfterHead, long AfterBytes) Place => (!IsInHead && AfterBytes > BeforeHead, AfterBytes);
}
