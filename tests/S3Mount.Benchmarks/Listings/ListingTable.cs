using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Every row of the listings as a Markdown table.</summary>
internal static class ListingTable
{
    private const double Mebibyte = 1 << 20;

    // Below, what a mount takes for itself is most of what it grows by.
    private const int LeastFilesForMemory = 1000;

    public static void Write(StringBuilder text, ListingBook book)
    {
        if (book.Rows.Count == 0)
            return;
        text.AppendLine("## Listings: every row").AppendLine();
        text.AppendLine("\"requests\" are the mount's read(2): each request that it takes from the kernel is one. Memory is VmRSS after the pass; bytes a file are what it grew by in the pass. A peer is measured once; one that was not done in time ended with what it had found.").AppendLine();
        text.AppendLine("| setting | scenario | pass | contender | runs | median s (min-max) | files/s | s3mount is × as fast | LIST / HEAD / GET | at once | mount CPU s | requests | MiB | peak MiB | bytes a file | store's share of CPU |");
        text.AppendLine("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var group in book.Rows.GroupBy(row => (row.Setting, row.Scenario.Name, row.Pass)))
        {
            foreach (ListingRow row in group.OrderBy(row => row.Contender))
                text.AppendLine(Line(row, book.Find(row.Setting, row.Scenario.Name, row.Pass, Contender.S3Mount)));
        }
        text.AppendLine();
    }

    private static string Line(ListingRow row, ListingRow? product)
    {
        string head = $"| {row.Setting.Name} | {row.Scenario.Title} | {(row.Pass == Pass.Cold ? "cold" : "warm")} | {row.Label} |";
        if (!row.HasSamples)
            return $"{head} 0 | {row.Failure?.Split('\n')[0]} |" + string.Concat(Enumerable.Repeat(" |", 10));
        Sample middle = row.Middle.Pass;
        bool isMount = !row.Contender.IsCeiling();
        bool usesStore = row.Contender != Contender.Tmpfs;
        bool asksStore = usesStore && middle.Store.Lists + middle.Store.Heads + middle.Store.Gets > 0;
        string[] cells =
        [
            Number(row.Count, 0),
            $"{(row.IsPartial ? "more than " : "")}{Number(row.Median, 3)} ({Number(row.Min, 3)}-{Number(row.Max, 3)}){RemarkOn(row)}",
            Number(row.FilesPerSecond, 0),
            product is null || product == row ? "" : Number(product.FilesPerSecond / row.FilesPerSecond, 2),
            usesStore ? $"{middle.Store.Lists} / {middle.Store.Heads} / {middle.Store.Gets}" : "",
            asksStore ? Number(middle.Store.AtOnce, 0) : "",
            isMount ? Number(middle.Mount.CpuSeconds, 2) : "",
            isMount ? Number(middle.Mount.ReadCalls, 0) : "",
            isMount ? Number(middle.Mount.RssBytes / Mebibyte, 0) : "",
            isMount ? Number(row.PeakBytes / Mebibyte, 0) : "",
            isMount && row.Pass == Pass.Cold && row.Middle.RssBefore > 0 && row.Scenario.Files > LeastFilesForMemory ? Number(row.BytesPerFile, 0) : "",
            asksStore ? $"{Number(middle.StoreShare * 100, 0)} %{(middle.StoreShare > RowTable.MarkedStoreShare ? " **(the store is the limit)**" : "")}" : "",
        ];
        return $"{head} {string.Join(" | ", cells)} |";
    }

    private static string RemarkOn(ListingRow row)
    {
        string remark = row.Remark.Length == 0 ? "" : $"; {row.Remark}";
        if (row.IsPartial)
            remark += string.Create(CultureInfo.InvariantCulture, $"; {row.Middle.Pass.Client.Files} files by then");
        return row.Failure is null ? remark : $"{remark}; then failed: {row.Failure.Split('\n')[0]}";
    }

    private static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
