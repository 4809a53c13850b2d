using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Epochs;
using S3Mount.Benchmarks.Faults;
using S3Mount.Benchmarks.Listings;

namespace S3Mount.Benchmarks.Results;

/// <summary>A run as a Markdown page: the floors, the ratios, every row.</summary>
internal static class MarkdownReport
{
    public static string Write(BenchOptions options, Report report, bool isWhole)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# s3mount: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, Linux {Environment.OSVersion.Version}, {options.Rounds} rounds").AppendLine();
        if (!isWhole)
            text.AppendLine("**The run has not come to its end: rows are missing.**").AppendLine();
        TargetTable.Write(text, [.. new TargetList(report.Book, report.Hits).All(), .. new ListingTargets(report.Listings).All(), .. new EpochTargets(report.Epochs).All(), .. new FaultTargets(report.Faults).All()]);
        HitTable.Write(text, report.Hits);
        if (report.Book.Rows.Count > 0)
            WriteRows(text, options, report.Book);
        ListingTable.Write(text, report.Listings);
        EpochTable.Write(text, report.Epochs);
        FaultTable.Write(text, report.Faults);
        return text.ToString();
    }

    private static void WriteRows(StringBuilder text, BenchOptions options, ResultBook book)
    {
        SummaryTable.Write(text, book);
        foreach (StoreSetting setting in options.Settings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {setting.Name}: every row").AppendLine();
            text.AppendLine(setting.IsRemote
                ? $"{setting.FirstByteMilliseconds} ms to the first byte, {setting.ListingMilliseconds} ms for a listing, {setting.BytesPerSecond / 1e6} MB/s a connection. Rows that only wait for the store read fewer files."
                : "The store on loopback, as fast as it goes.").AppendLine();
            RowTable.Write(text, book, setting);
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"A peer's row that took more than {Bench.SlowRow:0} s was measured once; a pass of it that took more than {PassLimit.OfPeer.Time.TotalSeconds:0} s was ended, and \">\" marks what is a lower bound because of that. CPU is that of the mount's process, and of a bare client's while its requests were made. \"read(2)\" are the requests that the mount's process took from the kernel. \"At once\" is the most requests that the store was answering at one time. Store, mount and reader share the processors; a row in which the store takes more than half of them is marked.");
    }
}
