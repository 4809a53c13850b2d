using System.Globalization;
using S3Mount.Control;

namespace S3Mount.Hosting.Services;

/// <summary>How a mount does, in the line of <c>systemctl status</c>. One thread at a time: rates are those since the line before.</summary>
internal sealed class StatusLine(ServedMount mount, TimeProvider timeProvider)
{
    private long _at = timeProvider.GetTimestamp();
    private long _requests;
    private long _bytes;

    public string Write()
    {
        (long requests, long bytes) = (mount.Session.Statistics.Requests, mount.Store.Statistics.BytesRead);
        double seconds = Math.Max(0.001, timeProvider.GetElapsedTime(_at).TotalSeconds);
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{mount.Settings.Url} is mounted at {mount.Mount.Mountpoint}: {(requests - _requests) / seconds:0} requests/s, {(bytes - _bytes) / seconds / 1e6:0} MB/s from the store, {mount.Session.Statistics.InFlight} waiting");
        (_at, _requests, _bytes) = (timeProvider.GetTimestamp(), requests, bytes);
        return line;
    }
}
