using System.Security.Cryptography;
using System.Text;
using Mono.Unix.Native;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore.S3;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// Where the listings of one prefix of one bucket are kept from mount to mount: one file in a directory that may hold those of
/// others too. Two mounts may use the same at a time: each writes the whole, and what was written last stays.
/// </summary>
public sealed class SavedListingsFile
{
    // What a writer that was killed has left; no writer takes so long.
    private static readonly TimeSpan _leftoverAfter = TimeSpan.FromHours(1);

    // As long as a mount has for its last word.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    // What .NET makes of flock(2)'s refusal: EWOULDBLOCK (asm-generic/errno-base.h).
    private const int HeldByAnother = 11;

    private readonly SnapshotOrigin _origin;

    private SavedListingsFile(string path, SnapshotOrigin origin)
    {
        Path = path;
        _origin = origin;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    private string LockPath => Path + ".lock";

    /// <summary>What was there; null: nothing of use.</summary>
    internal SnapshotFile? Loaded { get; private set; }

    /// <summary>
    /// Opens what an earlier mount has left. Waits a little for one that has been unmounted a moment ago and is still writing; else it
    /// blocks for as long as the disk takes.
    /// </summary>
    /// <param name="directory">Made if need be, for its owner alone.</param>
    /// <param name="warn">Told in one line what cannot be used, and why; the mount goes on without.</param>
    /// <returns>Null: nothing can be kept there.</returns>
    public static async Task<SavedListingsFile?> TryOpenAsync(
        string directory, SnapshotOrigin origin, TimeProvider timeProvider, Action<string> warn, CancellationToken cancellationToken)
    {
        string listings = System.IO.Path.Combine(directory, "listings");
        if (TryMake(directory) is { } reason || (reason = TryMake(listings)) is not null)
        {
            warn($"--cache: {reason}; listings are not kept");
            return null;
        }
        var file = new SavedListingsFile(System.IO.Path.Combine(listings, NameOf(origin)), origin);
        try
        {
            await file.WaitForLastAsync(timeProvider, cancellationToken).ConfigureAwait(false);
            file.Sweep(timeProvider.GetUtcNow());
            file.Load(warn);
            SnapshotPlace.ThrowIfForeign(file.Path, SnapshotKind.Saved);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or SnapshotException)
        {
            warn($"--cache: {(e is SnapshotException ? e.Message : $"{file.Path} cannot be used: {e.Message}")}; listings are not kept");
            return null;
        }
    }

    /// <summary>Writes what is known in place of what was there; when anything fails nothing has changed. Blocks.</summary>
    /// <param name="write">Hands all directories to the sink.</param>
    /// <exception cref="SnapshotException">With what cannot be written, and why.</exception>
    /// <exception cref="OperationCanceledException"/>
    internal void Write(DateTimeOffset madeAt, Func<IDirectorySink, (SummaryRecord Summary, StringTable Strings)> write, CancellationToken cancellationToken)
    {
        try
        {
            SnapshotPlace.ThrowIfForeign(Path, SnapshotKind.Saved);
            using var file = new ReplacedFile(Path);
            var writer = new SnapshotFileWriter(file.Stream, SnapshotKind.Saved);
            (SummaryRecord summary, StringTable strings) = write(writer);
            writer.Complete(summary with { MadeAt = madeAt.ToUnixTimeSeconds() }, _origin, strings);
            cancellationToken.ThrowIfCancellationRequested();
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException(SnapshotFailure.Unwritable, $"{Path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Tells those who open it that the last word of this mount is being written.</summary>
    /// <returns>To be disposed when it is; null: another mount is at it, or it cannot be told.</returns>
    internal IDisposable? TryLock()
    {
        try
        {
            return OpenLock();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    // Locks the file until it is closed, by us or by our end (flock(2)).
    private FileStream OpenLock() => new(PlainFile.Open(LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), FileAccess.ReadWrite, bufferSize: 0);

    /// <summary>What was loaded is not needed any more.</summary>
    internal void LetGo() => Loaded = null;

    /// <summary>The name of a prefix's file: what it is of stands in the file itself.</summary>
    internal static string NameOf(SnapshotOrigin origin)
    {
        // Of AWS itself nothing was said when the first were saved.
        string store = origin.Store == S3StoreName.Of(null, "") ? "" : origin.Store;
        string text = string.Join('\n', store, origin.Bucket, origin.Prefix);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)) + ".listings";
    }

    /// <returns>Null, or why it cannot be used.</returns>
    private static string? TryMake(string directory)
    {
        // What others may have put there would be shown as the store's.
        if (PrivateDirectory.TryMake(directory, Syscall.geteuid()) is { } reason)
            return reason;
        return Syscall.access(directory, AccessModes.R_OK | AccessModes.W_OK | AccessModes.X_OK) == 0
            ? null
            : $"{directory} cannot be written: {Stdlib.strerror(Stdlib.GetLastError())}";
    }

    private async Task WaitForLastAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        long start = timeProvider.GetTimestamp();
        while (System.IO.Path.Exists(LockPath) && timeProvider.GetElapsedTime(start) < _longestWait)
        {
            try
            {
                using FileStream free = OpenLock();
                return;
            }
            catch (IOException e) when (e.HResult == HeldByAnother)
            {
                // Only this passes by itself.
            }
            await Task.Delay(_look, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Load(Action<string> warn)
    {
        if (!File.Exists(Path))
            return;
        try
        {
            SnapshotFile file = SnapshotFile.Open(Path, SnapshotKind.Saved);
            file.ThrowIfNotOf(_origin);
            Loaded = file;
        }
        catch (SnapshotException e)
        {
            if (e.Failure == SnapshotFailure.Unreadable)
                throw;
            if (!SnapshotPlace.IsOurs(Path, SnapshotKind.Saved))
                return;
            File.Delete(Path);
            warn($"--cache: the listings saved in {Path} were of no use and are gone: {Reason(e.Failure)}; directories are listed anew");
        }
    }

    private static string Reason(SnapshotFailure failure) => failure switch
    {
        SnapshotFailure.CutShort => "the file was cut short",
        SnapshotFailure.OtherFormat => "another version of s3mount has written them",
        SnapshotFailure.OtherDataset => "they are of another bucket or prefix",
        _ => "the file was damaged",
    };

    private void Sweep(DateTimeOffset now)
    {
        foreach (string left in Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, $".{System.IO.Path.GetFileName(Path)}.*"))
        {
            if (now - File.GetLastWriteTimeUtc(left) > _leftoverAfter)
                File.Delete(left);
        }
    }
}
