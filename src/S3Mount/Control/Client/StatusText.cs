using System.Globalization;
using System.Text;

namespace S3Mount.Control.Client;

/// <summary>How a mount does, for people.</summary>
internal static class StatusText
{
    private static readonly string[] _units = ["KiB", "MiB", "GiB", "TiB"];

    public static string Write(MountReport report, DateTimeOffset now)
    {
        if (report.Status is not { } status)
            return $"{report.Source} at {report.Mountpoint}\n  {report.Problem}\n";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{status.Source} at {report.Mountpoint}\n");
        Line("daemon", $"process {status.Pid}, s3mount {status.Version}, since {Time(status.Since)} ({Span(now - status.Since)})");
        Maybe("options", FiguresText.Options(status.Options));
        Maybe("now", FiguresText.Now(status.Throughput, status.Cache is not null));
        Maybe("reads", FiguresText.Reads(status.Reads, status.Cache));
        if (status.BeingRead is { Count: > 0 } beingRead)
            Line("being read", $"{beingRead.Count:N0} files: {string.Join(", ", beingRead.Keys)}{(beingRead.Count > beingRead.Keys.Count ? ", ..." : "")}");
        Maybe("readers", FiguresText.Readers(status.Readers, report.Processes));
        Line("memory", $"{Size(status.Memory.Used)} of {Size(status.Memory.Budget)} for blocks; the process has {Size(status.Memory.Process)}");
        Line("files", $"{status.Files.Inodes:N0} inodes, {status.Files.Listings:N0} listings and lookups kept ({Size(status.Files.ListingBytes)})");
        if (status.Files.HiddenKeys > 0)
            Line("", $"{status.Files.HiddenKeys:N0} keys that no path can name");
        if (status.SavedListings is { } saved)
        {
            Line("saved", saved.MadeAt is { } madeAt ? $"listings of {Time(madeAt)} in {saved.Path}" : (FormattableString)$"no listings yet; they will be kept in {saved.Path}");
            Line("", $"{saved.Unchecked:N0} directories shown as saved and not checked yet, {saved.Checked:N0} checked, {saved.Differed:N0} of them had changed");
        }
        if (status.Cache is { } cache)
        {
            Line("cache", $"{Size(cache.Size)} of {Size(cache.Limit)} on disk{(cache.IsFull ? ", full of what is in use" : "")}; {Size(cache.HitBytes)} read from it, {Size(cache.MissBytes)} missed");
            Line("", $"{Size(cache.WrittenBytes)} written, {Size(cache.SkippedBytes)} not kept, {Size(cache.EvictedBytes)} made room, {cache.BadRecords:N0} bad records");
            if (cache.StuckCalls > 0)
                Line("", $"its disk hangs: {cache.StuckCalls} calls are not answered and hold {Size(cache.StuckBytes)} of memory{(cache.IsSilent ? "; nothing more is asked of it until one is" : "")}");
        }
        if (status.Hydration is { } hydration)
            Line("hydration", $"{hydration.State}: {WarmText.Line(hydration.Progress, rate: null, hasBar: false).TrimStart()}{(hydration.Progress.Problem is { } problem ? $" ({problem})" : "")}");
        Line("kernel", $"{status.Kernel.Requests:N0} requests, {status.Kernel.InFlight:N0} in flight{(status.Kernel.LongestWaiting >= 1 ? $", one for {FiguresText.Time(status.Kernel.LongestWaiting)}" : "")}{(status.Kernel.Late > 0 ? $", {status.Kernel.Late:N0} failed by --io-deadline" : "")}{(status.Kernel.Overdue > 0 ? $", {status.Kernel.Overdue:N0} overdue" : "")}");
        if (status.Figures is { } figures)
        {
            Maybe("", FiguresText.KernelLatency(figures));
            Maybe("", FiguresText.KernelErrors(figures));
        }
        Line("store", $"{status.Store.Gets:N0} GET, {status.Store.Lists:N0} LIST, {status.Store.Heads:N0} HEAD, {status.Store.Retries:N0} of them repeated; {Size(status.Store.BytesRead)} read");
        if (status.Store.Health is { } health && (health.Hedges | health.Stalls | health.Throttled) != 0)
            Line("", $"{health.Stalls:N0} stalled and were replaced, {health.Hedges:N0} were sent beside slow ones ({health.HedgesWon:N0} came first), {health.Throttled:N0} were throttled; {health.GetLimit} GETs at once");
        if (status.Store.Health is { IsProbed: true })
            Line("", $"it answers nobody: one request now and then looks whether it is back");
        if (status.Figures is { } more)
        {
            Maybe("", FiguresText.StoreLatency(more));
            Maybe("", FiguresText.StoreFailures(more));
            Maybe("waited", FiguresText.Waits(more.Waits));
        }
        foreach (DatasetStatus dataset in status.Datasets ?? [])
            Line("dataset", $"{dataset.Name}: {dataset.Source}, {dataset.Inodes:N0} inodes; {dataset.Store.Gets:N0} GET, {dataset.Store.Lists:N0} LIST, {Size(dataset.Store.BytesRead)} read{(dataset.Hydration is { } own ? $"; hydration {own.State}" : "")}");
        Maybe("cost", FiguresText.Cost(status.Cost));
        Line("last failure", status.LastFailure is { } failure ? $"{Time(failure.Time)} {failure.Message}" : (FormattableString)$"none");
        return text.ToString();

        void Maybe(string name, string? value)
        {
            if (value is not null)
                Line(name, $"{value}");
        }

        void Line(string name, FormattableString value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-13} {value.ToString(CultureInfo.InvariantCulture)}\n");
    }

    internal static string Size(long bytes)
    {
        double value = bytes;
        int unit = -1;
        for (; value >= 1024 && unit < _units.Length - 1; unit++)
            value /= 1024;
        return unit < 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B") : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {_units[unit]}");
    }

    internal static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(span.Seconds, 0)} s"),
    };

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
