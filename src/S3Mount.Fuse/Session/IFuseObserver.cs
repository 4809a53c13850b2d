namespace S3Mount.Fuse.Session;

/// <summary>
/// Told of every request that was answered. Called on the thread that answered it, several at once, between that request and the next: it must
/// not wait, should not allocate and never throws.
/// </summary>
public interface IFuseObserver
{
    void Answered(in FuseAnswer answer);
}
