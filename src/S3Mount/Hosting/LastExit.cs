namespace S3Mount.Hosting;

/// <summary>
/// Ends the process when a mount that was told to stop has not ended in time: a disk that hangs, a thread that does not come back.
/// Nothing is lost by it: whatever s3mount keeps on a disk is whole at any moment. On a thread of its own, since others may be stuck.
/// </summary>
internal sealed class LastExit : IDisposable
{
    private readonly ManualResetEventSlim _ended = new();
    private readonly CancellationTokenRegistration _registration;

    /// <param name="exit">What ends the process.</param>
    public LastExit(TimeSpan deadline, Action exit, CancellationToken stopping) => _registration = stopping.Register(() =>
    {
        new Thread(() =>
        {
            if (!_ended.Wait(deadline))
                exit();
        })
        { IsBackground = true, Name = "last-exit" }.Start();
    });

    /// <summary>It has ended in order.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        // Not disposed: the thread may be in it.
        _ended.Set();
    }
}
