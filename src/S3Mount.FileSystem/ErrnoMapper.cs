using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

/// <summary>
/// The one place where a failure becomes an errno and a log line: by type and kind, never by text.
/// </summary>
internal static class ErrnoMapper
{
    /// <summary>For a lookup or listing: a key that is not there is ENOENT.</summary>
    public static Errno ForLookup(ObjectStoreFailure failure) => failure == ObjectStoreFailure.NotFound ? Errno.ENOENT : ForRead(failure);

    /// <summary>For a read of an object that a listing showed: one that is not there any more is ESTALE.</summary>
    public static Errno ForRead(ObjectStoreFailure failure) => failure switch
    {
        // The reader's version is gone; NFS says ESTALE for the same.
        ObjectStoreFailure.NotFound or ObjectStoreFailure.PreconditionFailed => Errno.ESTALE,
        ObjectStoreFailure.AccessDenied or ObjectStoreFailure.NoCredentials or ObjectStoreFailure.Archived => Errno.EACCES,
        // Not ENOENT for a bucket that has gone: a program that finds nothing where its data was may act upon it.
        ObjectStoreFailure.NoSuchBucket => Errno.EIO,
        _ => Errno.EIO,
    };

    /// <summary>Chooses the errno of a failed request and logs it, once, at the level that it deserves.</summary>
    /// <param name="interrupted">Whether the kernel has interrupted the request.</param>
    public static Errno MapAndLog(ILogger logger, Exception failure, string operation, ObjectKey key, bool isRead, bool interrupted)
    {
        switch (failure)
        {
            case OperationCanceledException when interrupted:
                return Errno.EINTR;
            case OperationCanceledException or ObjectDisposedException:
                // The mount ends.
                return Errno.EIO;
            case ObjectStoreException store:
                Errno errno = isRead ? ForRead(store.Failure) : ForLookup(store.Failure);
                if (errno == Errno.ESTALE)
                    LogMessages.VersionGone(logger, operation, key);
                else if (errno != Errno.ENOENT)
                    LogMessages.StoreFailed(logger, operation, key, errno, store.Message);
                return errno;
            default:
                LogMessages.Failed(logger, operation, key, failure);
                return Errno.EIO;
        }
    }
}
