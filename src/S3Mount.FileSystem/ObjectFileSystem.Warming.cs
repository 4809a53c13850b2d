using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Warming;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    private readonly WarmFetcher? _warmFetcher;
    private readonly WarmPaths? _warmPaths;
    private Hydration? _hydration;

    /// <summary>Whether there is a disk cache to bring anything to.</summary>
    public bool CanWarm => _warmFetcher is not null;

    public IWarmRun BeginWarmRun(bool isCheck) => new WarmRun(this, isCheck);

    /// <summary>Begins to bring objects to the disk cache; the caller disposes it.</summary>
    /// <param name="isCheck">Only to count what is there.</param>
    /// <exception cref="InvalidOperationException">There is no disk cache.</exception>
    public WarmJob BeginWarming(bool isCheck) => BeginWarming(isCheck, isBesideReaders: false);

    /// <summary>Adds files, and all files below directories, to a job. Returns when the last of them has been begun.</summary>
    /// <param name="paths">Below the root of the mount, without slashes at their ends; empty: the root.</param>
    /// <param name="cancellationToken">Stops the job.</param>
    /// <exception cref="OperationCanceledException"/>
    /// <remarks>One call a job at a time. Any thread but those that answer requests.</remarks>
    public async Task WarmAsync(WarmJob job, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static job => ((WarmJob)job!).Stop(), job);
        await _warmPaths!.AddAsync(job, paths).ConfigureAwait(false);
    }

    /// <summary>Waits until all that was added to a job is cached or has failed. Nothing can be added afterwards.</summary>
    /// <param name="cancellationToken">Stops the job.</param>
    /// <exception cref="OperationCanceledException"/>
    public static async Task<WarmProgress> EndWarmingAsync(WarmJob job, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static job => ((WarmJob)job!).Stop(), job);
        await job.EndAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return job.Progress;
    }

    /// <summary>Begins to bring everything below the mount to the disk cache; once.</summary>
    public void StartHydration()
    {
        if (!CanWarm || _hydration is not null)
            return;
        _hydration = new Hydration(() => BeginWarming(isCheck: false, isBesideReaders: true), _warmPaths!, _clock.TimeProvider, _logger, _stopping.Token);
        _hydration.Start();
    }

    private WarmJob BeginWarming(bool isCheck, bool isBesideReaders)
    {
        WarmFetcher fetcher = _warmFetcher ?? throw new InvalidOperationException("there is no disk cache");
        return new WarmJob(fetcher, _fetcher, isCheck, _stopping.Token) { IsBesideReaders = isBesideReaders };
    }

    private WarmPaths CreateWarmPaths(ObjectStore.IObjectStore store) =>
        new(new WarmTree(store, _options), _inodes.Root, FindEntryAsync, (directory, name) => _inodes.GetDirectory(directory, name));

    private async ValueTask<DirectoryEntry?> FindEntryAsync(DirectoryInode directory, byte[] name, CancellationToken cancellationToken)
    {
        DirectoryListing? listing = _listings.FindListing(directory) ?? _lister.FindGrowing(directory);
        int index = listing?.Find(name) ?? -1;
        if (index >= 0 && !listing![index].IsDoubtful)
            return listing[index].ToDirectoryEntry();
        return (await ResolveAsync(directory, name, cancellationToken).ConfigureAwait(false)).Entry;
    }
}
