using System.Globalization;
using S3Mount.FileSystem.Warming;

namespace S3Mount.Control.Client;

/// <summary>What is said of warming, for people.</summary>
internal static class WarmText
{
    private const int BarWidth = 24;

    /// <summary>The last line: what became of everything.</summary>
    public static string Summary(WarmProgress progress, TimeSpan took)
    {
        var parts = new List<string> { $"{Files(progress.FetchedFiles, progress.FetchedBytes)} fetched in {Duration(took)}{Rate(progress.FetchedBytes, took)}", $"{Files(progress.PresentFiles, progress.PresentBytes)} there already" };
        if (progress.AbsentFiles > 0)
            parts.Add($"{Files(progress.AbsentFiles, progress.AbsentBytes)} found no room, as the cache is full of what is in use");
        if (progress.FailedFiles > 0)
            parts.Add($"{Count(progress.FailedFiles)} failed");
        return string.Join("; ", parts);
    }

    public static string Checked(WarmProgress progress)
    {
        long missing = progress.AbsentFiles + progress.FailedFiles;
        string share = progress.Bytes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Share(progress.PresentBytes, progress.Bytes) * 100:0.0} %");
        return string.Create(CultureInfo.InvariantCulture,
            $"{progress.PresentFiles:N0} of {Count(progress.Files)} cached, {StatusText.Size(progress.PresentBytes)} of {StatusText.Size(progress.Bytes)}{share}; {missing:N0} missing");
    }

    /// <summary>How far it is, in one line.</summary>
    /// <param name="rate">Bytes that are fetched in a second; null: not known.</param>
    /// <param name="hasBar">On a terminal.</param>
    public static string Line(WarmProgress progress, double? rate, bool hasBar)
    {
        long done = Done(progress);
        double share = Share(done, progress.Bytes);
        string bar = !hasBar ? "" : $"[{new string('#', (int)(share * BarWidth)),-BarWidth}] ";
        string all = progress.IsListed ? "" : "+";
        string speed = rate is { } known ? $", {StatusText.Size((long)known)}/s" : "";
        string left = rate is not > 0 || !progress.IsListed ? "" : $", {Duration(TimeSpan.FromSeconds(Math.Min((progress.Bytes - Math.Min(done, progress.Bytes)) / rate.Value, 1e9)))} left";
        return string.Create(CultureInfo.InvariantCulture,
            $"{bar}{share * 100,3:0} %  {DoneFiles(progress):N0} of {progress.Files:N0}{all} files, {StatusText.Size(done)} of {StatusText.Size(progress.Bytes)}{all}{speed}{left}");
    }

    public static long Done(WarmProgress progress) => progress.FetchedBytes + progress.PresentBytes + progress.AbsentBytes + progress.FailedBytes;

    private static long DoneFiles(WarmProgress progress) => progress.FetchedFiles + progress.PresentFiles + progress.AbsentFiles + progress.FailedFiles;

    private static double Share(long part, long whole) => whole == 0 ? 0 : Math.Min(1, (double)part / whole);

    private static string Rate(long bytes, TimeSpan took) =>
        bytes == 0 || took < TimeSpan.FromMilliseconds(1) ? "" : $" ({StatusText.Size((long)(bytes / took.TotalSeconds))}/s)";

    private static string Duration(TimeSpan span) => span < TimeSpan.FromSeconds(10) ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s") : StatusText.Span(span);

    private static string Files(long files, long bytes) => files == 0 ? "nothing" : $"{Count(files)} ({StatusText.Size(bytes)})";

    private static string Count(long files) => string.Create(CultureInfo.InvariantCulture, $"{files:N0} {(files == 1 ? "file" : "files")}");
}
