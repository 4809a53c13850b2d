using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>Every row of one setting as a Markdown table.</summary>
internal static class RowTable
{
    /// <summary>Above this share of the machine the store, not the contender, is what is measured.</summary>
    public const double MarkedStoreShare = 0.5;

    public static void Write(StringBuilder text, ResultBook book, StoreSetting setting)
    {
        text.AppendLine("| scenario | pass | contender | runs | median s (min-max) | MB/s | files/s | p50 ms | s3mount is × as fast | mount CPU s | mount peak MiB | mount read(2) | GET / LIST / HEAD | at once | fetched / read | store's share of CPU |");
        text.AppendLine("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        IEnumerable<Row> rows = book.Rows.Where(row => row.Setting == setting);
        foreach (IGrouping<(string, Pass), Row> group in rows.GroupBy(row => (row.Scenario.Title, row.Pass)))
        {
            foreach (Row row in group.OrderBy(row => row.Contender))
                text.AppendLine(Line(row, book.Find(setting, row.Scenario.Name, row.Pass, Contender.S3Mount)));
        }
        text.AppendLine();
    }

    private static string Line(Row row, Row? product)
    {
        string head = $"| {row.Scenario.Title} | {row.PassText} | {row.Label} |";
        if (!row.HasSamples)
            return $"{head} 0 | {row.Failure?.Split('\n')[0]} |" + string.Concat(Enumerable.Repeat(" |", 11));
        Sample middle = row.Middle;
        bool isMount = !row.Contender.IsCeiling();
        bool usesStore = row.Contender != Contender.Tmpfs;
        string[] cells =
        [
            Number(row.Count, 0),
            $"{Number(row.Median, 4)} ({Number(row.Min, 4)}-{Number(row.Max, 4)}){RemarkOn(row)}",
            Number(middle.Client.Bytes / middle.Client.Seconds / 1e6, 0),
            Number(middle.Client.Files / middle.Client.Seconds, 0),
            row.MedianMicroseconds > 0 ? Number(row.MedianMicroseconds / 1000, 2) : "",
            product is null || product == row ? "" : Number(row.Median / product.Median, 2),
            isMount ? Number(middle.Mount.CpuSeconds, 2) : "",
            isMount ? Number(row.PeakBytes / 1048576.0, 0) : "",
            isMount ? Number(middle.Mount.ReadCalls, 0) : "",
            usesStore ? $"{middle.Store.Gets} / {middle.Store.Lists} / {middle.Store.Heads}" : "",
            usesStore ? Number(middle.Store.AtOnce, 0) : "",
            usesStore ? Number(middle.FetchedPerByte, 2) : "",
            usesStore ? $"{Number(middle.StoreShare * 100, 0)} %{(middle.StoreShare > MarkedStoreShare ? " **(the store is the limit)**" : "")}" : "",
        ];
        return $"{head} {string.Join(" | ", cells)} |";
    }

    private static string RemarkOn(Row row)
    {
        string disturbed = row.IsDisturbed ? " (somebody emptied the page cache meanwhile)" : "";
        return row.Failure is null ? disturbed : $"{disturbed} then failed: {row.Failure.Split('\n')[0]}";
    }

    private static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
