using S3Mount.FileSystem.Explaining;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse;

namespace S3Mount.FileSystem;

/// <summary>
/// What a mount shows, as the daemon around it needs it: one prefix, or several datasets. Paths are those below the mountpoint, without slashes at
/// their ends; empty: the root. Any thread but those that answer requests.
/// </summary>
public interface IMountedFiles : IFuseFileSystem, IAsyncDisposable
{
    /// <summary>Waits for nothing.</summary>
    ObjectFileSystemStatistics Statistics { get; }

    /// <summary>The part of it that is had for next to nothing: what readers got, and what they waited for.</summary>
    ReadStatistics Reads { get; }

    /// <summary>Bytes that readers got from the disk cache.</summary>
    long DiskBytes { get; }

    /// <summary>Files that the kernel knows, and directories that it knew.</summary>
    int InodeCount { get; }

    /// <summary>Whether there is a disk cache to bring anything to.</summary>
    bool CanWarm { get; }

    /// <inheritdoc cref="ObjectFileSystem.RefreshAsync"/>
    Task<RefreshResult> RefreshAsync(string path, bool recursive, CancellationToken cancellationToken);

    /// <inheritdoc cref="ObjectFileSystem.ExplainAsync"/>
    Task<FileExplanation?> ExplainAsync(string path, CancellationToken cancellationToken);

    /// <summary>Begins to bring objects to the disk cache; the caller disposes it.</summary>
    /// <param name="isCheck">Only to count what is there.</param>
    /// <exception cref="InvalidOperationException">There is no disk cache.</exception>
    IWarmRun BeginWarmRun(bool isCheck);

    /// <summary>Begins to bring to the disk cache all that is to be brought there by itself; once.</summary>
    void StartHydration();

    /// <inheritdoc cref="ObjectFileSystem.SaveListingsAsync"/>
    Task SaveListingsAsync(TimeSpan deadline);

    /// <summary>Writes what the kernel holds, for a process that goes on with the mount. When nothing is looked up or forgotten any more.</summary>
    /// <param name="stream">Can seek.</param>
    /// <exception cref="IOException">Of the stream.</exception>
    void SaveInodes(Stream stream);
}
