namespace S3Mount.FileSystem.Warming;

/// <summary>Objects that somebody wants in the disk cache of a mount, wherever in it they are. One call at a time.</summary>
public interface IWarmRun : IDisposable
{
    /// <summary>Any thread.</summary>
    WarmProgress Progress { get; }

    /// <summary>Adds files, and all files below directories. Returns when the last of them has been begun.</summary>
    /// <param name="paths">Below the root of the mount, without slashes at their ends; empty: the root.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OperationCanceledException"/>
    Task AddAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Waits until all that was added is cached or has failed. Nothing can be added afterwards.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OperationCanceledException"/>
    Task<WarmProgress> EndAsync(CancellationToken cancellationToken);
}
