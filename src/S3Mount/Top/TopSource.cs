using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.Fuse.Mounting;
using S3Mount.Telemetry;

namespace S3Mount.Top;

/// <summary>Asks the daemon of one mount, and /proc who its readers are. One thread.</summary>
internal sealed class TopSource(MountTableEntry mount, TimeProvider timeProvider)
{
    /// <summary>A process that has not read for so long is not looked at again: it is not shown either.</summary>
    private static readonly double _forgotten = TopHistory.Window.TotalSeconds * 2;

    private readonly ControlClient _client = new(mount);
    private ProcessNames? _names;
    private int _daemon;

    public MountTableEntry Mount => mount;

    /// <summary>By the kernel's table; the mount itself is not touched.</summary>
    public bool IsMounted => MountTable.Read().Any(entry => entry.Device == mount.Device && entry.Mountpoint == mount.Mountpoint && MountedPath.IsOurs(entry));

    /// <exception cref="ControlClientException">It does not answer in time, has died, or may not be asked.</exception>
    public async Task<TopSample> AskAsync(CancellationToken cancellationToken)
    {
        MountStatus status = await _client.GetAsync("/v1/status", ControlJson.Default.MountStatus, StatusProgram.Deadline, cancellationToken).ConfigureAwait(false);
        long moment = timeProvider.GetTimestamp();
        if (_names is null || _daemon != status.Pid)
            (_names, _daemon) = (new ProcessNames(ProcessNames.AreHere(_client.Pid, status.Pid)), status.Pid);
        Dictionary<uint, ReaderFigures> readers = (status.Readers ?? []).ToDictionary(reader => reader.Pid);
        return new TopSample(moment, status, _names.Find(readers.Keys, pid => readers[pid].Idle < _forgotten));
    }
}
