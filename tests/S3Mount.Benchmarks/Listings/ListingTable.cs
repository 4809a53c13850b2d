using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Every row of the listings as a Markdown table.</summary>
internal static class ListingTable
{
    // Below, what a mount takes for itself is most of what it grows by.
    private const int LeastFilesForMemory = 1000;

    public static void Write(StringBuilder text, RowBook<ListingScenario> book)
    {
        if (book.Rows.Count == 0)
            return;
        text.AppendLine("## Listings: every row").AppendLine();
        text.AppendLine("\"requests\" are the mount's read(2): each request that it takes from the kernel is one. Memory is VmRSS after the pass; bytes a file are what it grew by in the pass. A peer is measured once; one that was not done in time (\"> 30\") ended with what it had found, and is compared by files a second. CPU is that of the mount's process, or of the bare client's.").AppendLine();
        text.AppendLine("| setting | scenario | pass | contender | runs | median s (min-max) | files/s | s3mount is × as fast | GET / LIST / HEAD | at once | CPU s | requests | MiB | peak MiB | bytes a file | store's share of CPU |");
        text.AppendLine("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var group in book.Rows.GroupBy(row => (row.Setting, row.Scenario.Name, row.Pass)))
        {
            foreach (Row<ListingScenario> row in group.OrderBy(row => row.Contender))
                text.AppendLine(Line(row, book.Find(row, Contender.S3Mount)));
        }
        text.AppendLine();
    }

    private static string Line(Row<ListingScenario> row, Row<ListingScenario>? product)
    {
        string head = $"| {row.Setting.Name} | {row.Scenario.Title} | {row.Pass.Text()} | {row.Label} |";
        if (!row.HasSamples)
            return head + Cells.Failed(row, emptyCells: 10);
        Sample middle = row.Middle;
        bool isMount = !row.Contender.IsCeiling();
        bool usesStore = row.Contender != Contender.Tmpfs;
        bool asksStore = usesStore && middle.Store.Lists + middle.Store.Heads + middle.Store.Gets > 0;
        string[] cells =
        [
            Cells.Number(row.Count, 0),
            Cells.Seconds(row, 3),
            Cells.Number(middle.FilesPerSecond, 0),
            product is null || product == row ? "" : Cells.Number(product.Middle.FilesPerSecond / middle.FilesPerSecond, 2),
            usesStore ? Cells.Requests(middle.Store) : "",
            asksStore ? Cells.Number(middle.Store.AtOnce, 0) : "",
            row.Contender.HasCpu() ? Cells.Number(middle.CpuSeconds, 2) : "",
            isMount ? Cells.Number(middle.Mount.ReadCalls, 0) : "",
            isMount ? Cells.Number(middle.Mount.RssBytes / Cells.Mebibyte, 0) : "",
            isMount ? Cells.Number(row.PeakBytes / Cells.Mebibyte, 0) : "",
            isMount && row.Pass == Pass.Cold && middle.RssBefore > 0 && row.Scenario.Files > LeastFilesForMemory ? Cells.Number(row.GrowthPerFile, 0) : "",
            asksStore ? Cells.StoreShare(middle) : "",
        ];
        return $"{head} {string.Join(" | ", cells)} |";
    }
}
