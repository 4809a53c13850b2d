using S3Mount.Control.Client;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;

namespace S3Mount.Top;

/// <summary>Looks at a mount again and again, whether or not its daemon answers, for as long as it is mounted. One thread.</summary>
/// <param name="ask">The daemon, with a deadline.</param>
/// <param name="isMounted">Whether there is still something to look at.</param>
internal sealed class TopWatch(MountTableEntry mount, Func<CancellationToken, Task<TopSample>> ask, Func<bool> isMounted, TimeProvider timeProvider)
{
    private readonly TopHistory _history = new(timeProvider);
    private string? _problem;
    private long _silentSince;

    public TopFrame Frame => new(mount.Source, mount.Mountpoint, timeProvider.GetUtcNow())
    {
        Figures = _history.Figures,
        Problem = _problem is null ? null : $"{_problem} (for {StatusText.Span(timeProvider.GetElapsedTime(_silentSince))})",
        ReadGraph = _history.ReadGraph,
        StoreGraph = _history.StoreGraph,
        FilesGraph = _history.FilesGraph,
    };

    /// <summary>A daemon that does not answer is a problem of the frame, and asked again the next time.</summary>
    /// <exception cref="StartupException">It is not mounted any more.</exception>
    /// <exception cref="ControlClientException">This user may not ask.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        ThrowIfGone();
        long began = timeProvider.GetTimestamp();
        try
        {
            _history.Add(await ask(cancellationToken).ConfigureAwait(false));
            _problem = null;
        }
        catch (ControlClientException e) when (e.Failure != ControlFailure.NotAllowed)
        {
            ThrowIfGone();
            if (_problem is null)
                _silentSince = began;
            _problem = e.Message;
        }
    }

    private void ThrowIfGone()
    {
        if (!isMounted())
            throw new StartupException($"{mount.Mountpoint} is not mounted any more");
    }
}
