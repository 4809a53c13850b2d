using System.Net;
using Microsoft.Extensions.Logging;

namespace S3Mount;

/// <summary>What the executable logs; ids from 4000 on.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(4000, LogLevel.Information, "s3mount {Version}: mounting {Url} at {Mountpoint}, memory budget {MemoryMiB} MiB")]
    public static partial void Mounting(this ILogger logger, string version, string url, string mountpoint, long memoryMiB);

    [LoggerMessage(4001, LogLevel.Information, "{Url} is mounted at {Mountpoint} after {Milliseconds} ms")]
    public static partial void Mounted(this ILogger logger, string url, string mountpoint, long milliseconds);

    [LoggerMessage(4002, LogLevel.Information, "cleared the mount that an s3mount which died had left at {Mountpoint}")]
    public static partial void ClearedDeadMount(this ILogger logger, string mountpoint);

    [LoggerMessage(4003, LogLevel.Warning, "{Warning}")]
    public static partial void StartupWarning(this ILogger logger, string warning);

    [LoggerMessage(4004, LogLevel.Debug, "read_ahead_kb could not be raised; large reads come in pieces of 128 KiB")]
    public static partial void ReadaheadNotRaised(this ILogger logger);

    [LoggerMessage(4005, LogLevel.Information, "stopping: unmounting {Mountpoint}")]
    public static partial void Stopping(this ILogger logger, string mountpoint);

    [LoggerMessage(4006, LogLevel.Warning, "files are still open below {Mountpoint}; detaching it, their readers will get errors")]
    public static partial void DetachingBusyMount(this ILogger logger, string mountpoint);

    [LoggerMessage(4007, LogLevel.Information, "{Mountpoint} was unmounted")]
    public static partial void UnmountedFromOutside(this ILogger logger, string mountpoint);

    [LoggerMessage(4008, LogLevel.Information, "stopped after {Requests} requests of the kernel, {StoreRequests} to the store, {Bytes} bytes read from it")]
    public static partial void Stopped(this ILogger logger, long requests, long storeRequests, long bytes);

    [LoggerMessage(4020, LogLevel.Warning, "told to stop, it has not ended within {Seconds} s (a disk or the kernel does not answer); it ends now, and nothing is lost by that")]
    public static partial void EndedByForce(this ILogger logger, int seconds);

    [LoggerMessage(4009, LogLevel.Information, "requests of the kernel by operation: {Operations}")]
    public static partial void KernelRequests(this ILogger logger, string operations);

    [LoggerMessage(4010, LogLevel.Error, "{Reason}")]
    public static partial void Failed(this ILogger logger, string reason);

    [LoggerMessage(4011, LogLevel.Warning, "unmounting {Mountpoint} failed")]
    public static partial void UnmountFailed(this ILogger logger, Exception exception, string mountpoint);

    [LoggerMessage(4012, LogLevel.Error, "a task failed unseen")]
    public static partial void UnobservedTaskException(this ILogger logger, Exception exception);

    [LoggerMessage(4013, LogLevel.Critical, "unhandled exception")]
    public static partial void UnhandledException(this ILogger logger, Exception exception);

    [LoggerMessage(4014, LogLevel.Debug, "the failure in full")]
    public static partial void FailedBecause(this ILogger logger, Exception exception);

    [LoggerMessage(4015, LogLevel.Debug, "control socket {Path}")]
    public static partial void ControlSocketOpen(this ILogger logger, string path);

    [LoggerMessage(4016, LogLevel.Warning, "there is no control socket, so that s3mount status and refresh cannot reach this mount: {Reason}")]
    public static partial void NoControlSocket(this ILogger logger, string reason);

    [LoggerMessage(4017, LogLevel.Warning, "the {Name} cannot take a connection; it is tried again")]
    public static partial void ControlAcceptFailed(this ILogger logger, Exception exception, string name);

    [LoggerMessage(4018, LogLevel.Error, "a request on the {Name} failed")]
    public static partial void ControlFailed(this ILogger logger, Exception exception, string name);

    [LoggerMessage(4021, LogLevel.Information, "{Url} goes on at {Mountpoint} after {Milliseconds} ms, with {Inodes} inodes of the process before")]
    public static partial void GoesOn(this ILogger logger, string url, string mountpoint, long milliseconds, int inodes);

    [LoggerMessage(4022, LogLevel.Information, "stopping: {Mountpoint} is left to the process that comes next")]
    public static partial void HandingOver(this ILogger logger, string mountpoint);

    [LoggerMessage(4023, LogLevel.Warning, "the mount of the process before is not gone on with: {Reason}")]
    public static partial void HandoverRefused(this ILogger logger, string reason);

    [LoggerMessage(4024, LogLevel.Warning, "what the process before has left cannot be used ({Reason}): files have to be opened anew")]
    public static partial void HandoverDamaged(this ILogger logger, string reason);

    [LoggerMessage(4025, LogLevel.Warning, "the inodes could not be saved for the process that comes next: files have to be opened anew")]
    public static partial void HandoverNotSaved(this ILogger logger, Exception exception);

    [LoggerMessage(4019, LogLevel.Debug, "requests on the {Name} were still being answered when the mount ended")]
    public static partial void ControlRequestsLeft(this ILogger logger, string name);

    [LoggerMessage(4026, LogLevel.Information, "metrics are served at http://{Address}/metrics")]
    public static partial void MetricsServed(this ILogger logger, IPEndPoint address);

    [LoggerMessage(4027, LogLevel.Warning, "metrics could not be sent by OTLP: {Problem}")]
    public static partial void MetricsNotSent(this ILogger logger, string problem);

    [LoggerMessage(4030, LogLevel.Information, "the configuration has been read again; datasets added: {Added}; removed: {Removed}; changed: {Changed}; {Unchanged} go on")]
    public static partial void Reloaded(this ILogger logger, string added, string removed, string changed, int unchanged);

    [LoggerMessage(4031, LogLevel.Error, "the configuration is not taken, and nothing has changed: {Reason}")]
    public static partial void NotReloaded(this ILogger logger, string reason);

    [LoggerMessage(4032, LogLevel.Error, "dataset {Name} is not shown as the configuration says now; if it was there, it stays as it was: {Reason}")]
    public static partial void DatasetNotShown(this ILogger logger, string name, string reason);

    [LoggerMessage(4033, LogLevel.Warning, "these options are for the whole mount and count from its next start on: {Options}")]
    public static partial void ReloadAtNextStart(this ILogger logger, string options);

    [LoggerMessage(4034, LogLevel.Information, "SIGHUP: this mount shows one prefix, and its options are read when it begins; restart it for others")]
    public static partial void NothingToReload(this ILogger logger);

    [LoggerMessage(4035, LogLevel.Warning, "dataset {Name} is not shown any more, but after {Seconds} s something still waits in it; what it holds is freed when that ends")]
    public static partial void DatasetLingers(this ILogger logger, string name, int seconds);

    [LoggerMessage(4036, LogLevel.Error, "dataset {Name} is not shown any more, and did not end in order")]
    public static partial void DatasetNotEnded(this ILogger logger, Exception exception, string name);

    [LoggerMessage(4038, LogLevel.Warning, "datasets were still being changed {Seconds} s after the mount was told to end")]
    public static partial void ChangesNotEnded(this ILogger logger, int seconds);

    [LoggerMessage(4037, LogLevel.Error, "reading the configuration again has failed")]
    public static partial void ReloadFailed(this ILogger logger, Exception exception);
}
