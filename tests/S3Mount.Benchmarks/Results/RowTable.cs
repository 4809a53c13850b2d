using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>Every row of one setting as a Markdown table.</summary>
internal static class RowTable
{
    public static void Write(StringBuilder text, ResultBook book, StoreSetting setting)
    {
        text.AppendLine("| scenario | pass | contender | runs | median s (min-max) | MB/s | files/s | p50 ms | s3mount is × as fast | CPU s | mount peak MiB | mount read(2) | GET / LIST / HEAD | at once | fetched / read | store's share of CPU |");
        text.AppendLine("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        IEnumerable<Row<Scenario>> rows = book.Rows.Where(row => row.Setting == setting);
        foreach (IGrouping<(string, Pass), Row<Scenario>> group in rows.GroupBy(row => (row.Scenario.Title, row.Pass)))
        {
            foreach (Row<Scenario> row in group.OrderBy(row => row.Contender))
                text.AppendLine(Line(row, book.Find(row, Contender.S3Mount)));
        }
        text.AppendLine();
    }

    private static string Line(Row<Scenario> row, Row<Scenario>? product)
    {
        string head = $"| {row.Scenario.Title} | {row.Pass.Text()} | {row.Label} |";
        if (!row.HasSamples)
            return head + Cells.Failed(row, emptyCells: 11);
        Sample middle = row.Middle;
        bool isMount = !row.Contender.IsCeiling();
        bool isWhole = !row.IsPartial;
        bool usesStore = row.Contender != Contender.Tmpfs;
        string[] cells =
        [
            Cells.Number(row.Count, 0),
            Cells.Seconds(row, 4),
            isWhole ? Cells.Number(middle.Client.Bytes / middle.Client.Seconds / 1e6, 0) : "",
            isWhole ? Cells.Number(middle.Client.Files / middle.Client.Seconds, 0) : "",
            row.MedianMicroseconds > 0 ? Cells.Number(row.MedianMicroseconds / 1000, 2) : "",
            product is null || product == row ? "" : Ratio.Of(row, product).Text(2),
            row.Contender.HasCpu() ? Cells.Number(middle.CpuSeconds, 2) : "",
            isMount ? Cells.Number(row.PeakBytes / Cells.Mebibyte, 0) : "",
            isMount ? Cells.Number(middle.Mount.ReadCalls, 0) : "",
            usesStore ? Cells.Requests(middle.Store) : "",
            usesStore ? Cells.Number(middle.Store.AtOnce, 0) : "",
            usesStore && isWhole ? Cells.Number(middle.FetchedPerByte, 2) : "",
            usesStore ? Cells.StoreShare(middle) : "",
        ];
        return $"{head} {string.Join(" | ", cells)} |";
    }
}
