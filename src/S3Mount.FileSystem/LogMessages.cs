using Microsoft.Extensions.Logging;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

/// <summary>Everything this room logs; ids 200 to 299.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(200, LogLevel.Warning, "key '{Key}' cannot be named by a path and is not shown (further such keys are only counted)")]
    public static partial void HiddenKey(ILogger logger, ObjectKey key);

    [LoggerMessage(201, LogLevel.Warning, "listing '{Prefix}' again failed: {Reason}; until it succeeds each name is asked for alone: check the store and the network ({Unsaid} more such failures since this was said last)")]
    public static partial void RefreshFailed(ILogger logger, ObjectKey prefix, string reason, int unsaid);

    [LoggerMessage(202, LogLevel.Warning, "{Operation} '{Key}': the object has been replaced or deleted in the store; readers get ESTALE and may open it again")]
    public static partial void VersionGone(ILogger logger, string operation, ObjectKey key);

    [LoggerMessage(208, LogLevel.Error, "'{Key}' is no longer what it was when the snapshot {Snapshot} was made ({MadeAt:u}): readers get ESTALE; restore that version, or make a new snapshot (s3mount snapshot verify tells all that differs)")]
    public static partial void ChangedSinceSnapshot(ILogger logger, ObjectKey key, string snapshot, DateTime madeAt);

    [LoggerMessage(209, LogLevel.Warning, "the saved listing of '{Prefix}' cannot be checked: {Reason}; it is shown as it was saved until it can be: check the store and the network")]
    public static partial void CheckFailed(ILogger logger, ObjectKey prefix, string reason);

    [LoggerMessage(210, LogLevel.Debug, "the saved listing of '{Prefix}' still cannot be checked: {Reason}; it is tried again in {Seconds} s")]
    public static partial void CheckFailedAgain(ILogger logger, ObjectKey prefix, string reason, int seconds);

    [LoggerMessage(213, LogLevel.Warning, "the saved listing of '{Prefix}' is not shown any more: {Reason} (said once; further such directories are logged at debug level)")]
    public static partial void CheckDenied(ILogger logger, ObjectKey prefix, string reason);

    [LoggerMessage(214, LogLevel.Debug, "the saved listing of '{Prefix}' is not shown any more, either: {Reason}")]
    public static partial void CheckDeniedToo(ILogger logger, ObjectKey prefix, string reason);

    [LoggerMessage(211, LogLevel.Warning, "listings are not saved: {Reason} (said once, until it succeeds)")]
    public static partial void NotSaved(ILogger logger, string reason);

    [LoggerMessage(212, LogLevel.Warning, "listings could not be saved within {Seconds} s; {Path} is as it was")]
    public static partial void NotSavedInTime(ILogger logger, string path, int seconds);

    [LoggerMessage(203, LogLevel.Error, "{Operation} '{Key}' failed with {Errno}: {Reason}")]
    public static partial void StoreFailed(ILogger logger, string operation, ObjectKey key, Mono.Unix.Native.Errno errno, string reason);

    [LoggerMessage(204, LogLevel.Error, "{Operation} '{Key}' failed with EIO")]
    public static partial void Failed(ILogger logger, string operation, ObjectKey key, Exception failure);

    [LoggerMessage(206, LogLevel.Warning, "'{Key}' has no strong ETag: its version is told by LastModified and size alone, in seconds (said once a mount)")]
    public static partial void NoETag(ILogger logger, ObjectKey key);

    [LoggerMessage(207, LogLevel.Error, "kernel forgot inode {Node}: {Reason}")]
    public static partial void BadForget(ILogger logger, S3Mount.Fuse.NodeId node, string reason);

    [LoggerMessage(220, LogLevel.Warning, "{Segment} is damaged, first seen at byte {Position}: what is wrong is fetched again")]
    public static partial void BadRecord(ILogger logger, string segment, long position);

    [LoggerMessage(221, LogLevel.Debug, "{Segment}: what is damaged cannot be marked so: {Reason}")]
    public static partial void BadRecordStays(ILogger logger, string segment, string reason);

    [LoggerMessage(222, LogLevel.Warning, "{Segment} is damaged and has been deleted: what was in it is fetched again")]
    public static partial void BadSegment(ILogger logger, string segment);

    [LoggerMessage(223, LogLevel.Warning, "nothing is kept in {Directory} for now: {Reason}; reads go on without, and it is tried again every {Seconds} s")]
    public static partial void CacheCannotWrite(ILogger logger, string directory, string reason, int seconds);

    [LoggerMessage(224, LogLevel.Information, "{Directory} can be written again")]
    public static partial void CacheWritesAgain(ILogger logger, string directory);

    [LoggerMessage(225, LogLevel.Information, "{Directory} has room for no more than the {MiB} MiB that are in it: they stay for as long as they are read, and nothing else is kept meanwhile")]
    public static partial void CacheFull(ILogger logger, string directory, long miB);

    [LoggerMessage(226, LogLevel.Warning, "the disk cache {Directory} cannot be used: {Reason}; reads go on without, and it is tried again all the time")]
    public static partial void CacheUnreadable(ILogger logger, string directory, string reason);

    [LoggerMessage(227, LogLevel.Information, "the disk cache {Directory} can be used again")]
    public static partial void CacheReadable(ILogger logger, string directory);

    [LoggerMessage(228, LogLevel.Debug, "{Segment}: its time of use cannot be set: {Reason}")]
    public static partial void CacheNotTouched(ILogger logger, string segment, string reason);

    [LoggerMessage(230, LogLevel.Warning, "{File} in the disk cache is not used: {Reason}")]
    public static partial void CacheFileRefused(ILogger logger, string file, string reason);

    [LoggerMessage(229, LogLevel.Warning, "the disk of {Directory} has not taken what was fetched last within {Seconds} s: it is given up")]
    public static partial void CacheStillWriting(ILogger logger, string directory, int seconds);

    [LoggerMessage(231, LogLevel.Warning, "the disk of {Directory} does not answer within {Seconds} s: nothing more is asked of it until it does; reads go on from the store")]
    public static partial void CacheSilent(ILogger logger, string directory, int seconds);

    [LoggerMessage(232, LogLevel.Information, "the disk of {Directory} answers again")]
    public static partial void CacheAnswers(ILogger logger, string directory);

    [LoggerMessage(233, LogLevel.Warning, "what is in {Directory} is not known within {Seconds} s: its disk is slow or hangs; reads go on from the store until it is")]
    public static partial void CacheLoadsBehind(ILogger logger, string directory, int seconds);

    [LoggerMessage(234, LogLevel.Debug, "what others have written to {Directory} cannot be looked at: {Reason}")]
    public static partial void CacheNotCompared(ILogger logger, string directory, string reason);

    [LoggerMessage(240, LogLevel.Information, "hydration is done: {Files} files ({Bytes} bytes) fetched in {Seconds:0.0} s, {Present} were there already, {Absent} ({AbsentBytes} bytes) found no room, {Failed} failed")]
    public static partial void Hydrated(ILogger logger, long files, long bytes, double seconds, long present, long absent, long absentBytes, long failed);

    [LoggerMessage(241, LogLevel.Warning, "hydration waits: {Problem}; it goes on in {Seconds} s")]
    public static partial void HydrationWaits(ILogger logger, string problem, int seconds);

    [LoggerMessage(242, LogLevel.Warning, "hydration left out {Files} files, the first one: {Reason}")]
    public static partial void HydrationLeft(ILogger logger, long files, string reason);

    [LoggerMessage(243, LogLevel.Error, "hydration has ended before its time")]
    public static partial void HydrationFailed(ILogger logger, Exception failure);

    [LoggerMessage(250, LogLevel.Warning, "the kernel has not taken within {Seconds} s that dataset {Name} has come or gone: it may show what it remembers, until that has expired; s3mount refresh looks again")]
    public static partial void DatasetNotTold(ILogger logger, string name, int seconds);
}
