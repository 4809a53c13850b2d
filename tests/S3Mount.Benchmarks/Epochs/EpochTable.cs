using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Every row of the epochs as a Markdown table.</summary>
internal static class EpochTable
{
    public static void Write(StringBuilder text, RowBook<EpochScenario> book)
    {
        if (book.Rows.Count == 0)
            return;
        text.AppendLine("## Epochs and the disk cache: every row").AppendLine();
        text.AppendLine("The store is remote. \"s3mount\" is s3mount with what the row is about, \"s3mount, plain\" without. Memory is VmRSS after the pass. A row that took more than four seconds without help is measured once; a peer that was not done after 30 s was ended. CPU is that of the mount's process, or of the bare client's.").AppendLine();
        text.AppendLine("| scenario | contender | runs | median s (min-max) | MB/s | s3mount is × as fast | GET / LIST / HEAD | at once | fetched / read | CPU s | MiB | peak MiB | store's share of CPU |");
        text.AppendLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (IGrouping<string, Row<EpochScenario>> group in book.Rows.GroupBy(row => row.Scenario.Name))
        {
            foreach (Row<EpochScenario> row in group.OrderBy(row => row.Contender))
                text.AppendLine(Line(row, book.Find(row, Contender.S3Mount)));
        }
        text.AppendLine();
    }

    private static string Line(Row<EpochScenario> row, Row<EpochScenario>? product)
    {
        string head = $"| {row.Scenario.Title} | {row.Label} |";
        if (!row.HasSamples)
            return head + Cells.Failed(row, emptyCells: 9);
        Sample middle = row.Middle;
        bool isMount = !row.Contender.IsCeiling();
        bool reads = !row.IsPartial && middle.Client.Bytes > 0;
        bool usesStore = row.Contender.HasCpu();
        string[] cells =
        [
            Cells.Number(row.Count, 0),
            Cells.Seconds(row, 3),
            reads ? Cells.Number(middle.Client.Bytes / middle.Seconds / 1e6, 0) : "",
            product is null || product == row ? "" : Ratio.Of(row, product).Text(2),
            usesStore ? Cells.Requests(middle.Store) : "",
            usesStore ? Cells.Number(middle.Store.AtOnce, 0) : "",
            usesStore && reads ? Cells.Number(middle.FetchedPerByte, 2) : "",
            usesStore ? Cells.Number(middle.CpuSeconds, 2) : "",
            isMount ? Cells.Number(middle.Mount.RssBytes / Cells.Mebibyte, 0) : "",
            isMount ? Cells.Number(row.PeakBytes / Cells.Mebibyte, 0) : "",
            usesStore ? Cells.StoreShare(middle) : "",
        ];
        return $"{head} {string.Join(" | ", cells)} |";
    }
}
